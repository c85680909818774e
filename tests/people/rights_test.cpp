// Rights of citizens: a copy of everything, restricting, and erasing that no copy of the database undoes.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/question.h"
#include "log/entry.h"
#include "people/citizens_world.h"
#include "people/delegations.h"
#include "people/erasure.h"
#include "people/own_export.h"
#include "people/restriction.h"
#include "service/batch_undo.h"
#include "service/citizen_keys.h"
#include "service/disputes.h"
#include "service/links.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"
#include "support/test_store.h"

namespace lindung::people {
namespace {

using domain::Outcome;
using std::chrono::days;
using std::chrono::hours;

class RightsTest : public CitizensTest {
 protected:
  // Every column of every table, as text and as bytes, that holds one of these; "table.column".
  [[nodiscard]] std::vector<std::string> places_of(const std::vector<Bytes>& marks) {
    std::vector<std::string> found;
    const auto done = world().database->read([&](store::Transaction& transaction) -> Result<void> {
      found.clear();
      TRY(columns, all_columns(transaction));
      for (const auto& [table, names] : columns) {
        for (const auto& name : names) {
          TRYV(look_into(transaction, table, name, marks, found));
        }
      }
      return ok();
    });
    EXPECT_TRUE(done.has_value()) << done.error().text();
    return found;
  }
  // The wrapped keys as they are now: what a copy of the database of this moment holds.
  [[nodiscard]] std::map<CitizenRef, Bytes> wrapped_keys() {
    std::map<CitizenRef, Bytes> keys;
    const auto done = world().database->read([&](store::Transaction& transaction) -> Result<void> {
      keys.clear();
      TRYV(transaction.run(store::Sql{"SELECT citizen_ref, wrapped_key FROM citizen"}, {}, [&](const store::Row& row) {
        keys.emplace(CitizenRef{take<16>(row.bytes(0))}, to_bytes(row.bytes(1)));
      }));
      return ok();
    });
    EXPECT_TRUE(done.has_value()) << done.error().text();
    return keys;
  }
  [[nodiscard]] Hash person_index_of(std::string_view nik) {
    const domain::Identity identity{
        .nik = domain::parse_nik(nik).value(), .passport = {}, .local = {}, .name = {}, .birth = {}};
    return service::person_index(*world().ring, identity).value();
  }

 private:
  using Columns = std::map<std::string, std::vector<std::string>>;
  [[nodiscard]] static Result<Columns> all_columns(store::Transaction& transaction) {
    Columns columns;
    const bool is_sqlite = transaction.engine() == store::Engine::sqlite;
    TRYV(transaction.run(
        store::Sql{.text = is_sqlite
                               ? "SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p "
                                 "WHERE m.type = 'table'"
                               : "SELECT table_name::text, column_name::text, data_type::text FROM "
                                 "information_schema.columns WHERE table_schema = current_schema()",
                   .once = true},
        {}, [&](const store::Row& row) {
          const std::string type{row.text(2)};
          if (type == "BLOB" || type == "bytea") columns[std::string{row.text(0)}].emplace_back(row.text(1));
        }));
    return columns;
  }
  [[nodiscard]] static Result<void> look_into(store::Transaction& transaction, const std::string& table,
                                              const std::string& column, const std::vector<Bytes>& marks,
                                              std::vector<std::string>& found) {
    const auto statement = "SELECT " + column + " FROM " + table;
    TRYV(transaction.run(store::Sql{.text = statement, .once = true}, {}, [&](const store::Row& row) {
      if (row.is_null(0)) return;
      const auto value = row.bytes(0);
      for (const auto& mark : marks) {
        if (!std::ranges::search(value, mark).empty()) found.push_back(table + "." + column);
      }
    }));
    return ok();
  }
};

TEST_P(RightsTest, ARestrictedCitizenIsUnlinkedForEverybodyUntilItIsLiftedAndIsToldOfBoth) {
  const auto gojek = world().add_partner("gojek");
  const auto token = world().link(gojek.partner, siti_);
  ASSERT_NE(outcome(gojek, token), Outcome::unlinked);
  ASSERT_TRUE(restrict_citizen(platform(), siti_).has_value());
  EXPECT_EQ(outcome(gojek, token), Outcome::unlinked);
  EXPECT_EQ(restricted_since(platform(), siti_).value(), world().clock.now());
  const service::NewLink another{.partner = gojek.partner, .citizen = siti_, .random = {1}};
  EXPECT_EQ(service::grant_links(platform(), {&another, 1}).error().code, Errc::conflict);
  const auto entries = world().log_entries().size();
  ASSERT_TRUE(restrict_citizen(platform(), siti_).has_value());
  EXPECT_EQ(world().log_entries().size(), entries);  // again: nothing is done twice
  ASSERT_TRUE(lift_restriction(platform(), siti_).has_value());
  EXPECT_NE(outcome(gojek, token), Outcome::unlinked);
  EXPECT_EQ(restricted_since(platform(), siti_).value(), std::nullopt);
  EXPECT_EQ(notices_of(siti_), (std::vector{service::NoticeKind::right, service::NoticeKind::right}));
}

TEST_P(RightsTest, AnAnswerOfBeforeTheRestrictionIsNotRepeated) {
  const auto gojek = world().add_partner("gojek");
  const auto question = world().status_of(world().link(gojek.partner, siti_));
  ASSERT_NE(world().ask(world().seal(gojek, question)->request()).value().outcome, Outcome::unlinked);
  ASSERT_TRUE(restrict_citizen(platform(), siti_).has_value());
  EXPECT_EQ(world().ask(world().seal(gojek, question)->request()).value().outcome, Outcome::unlinked);
}

TEST_P(RightsTest, ALinkThatIsWithdrawnWhileRestrictedStaysWithdrawn) {
  const auto gojek = world().add_partner("gojek");
  const auto token = world().link(gojek.partner, siti_);
  ASSERT_TRUE(restrict_citizen(platform(), siti_).has_value());
  ASSERT_TRUE(service::withdraw_links(platform(), gojek.partner, siti_).has_value());
  ASSERT_TRUE(lift_restriction(platform(), siti_).has_value());
  EXPECT_EQ(outcome(gojek, token), Outcome::unlinked);
}

TEST_P(RightsTest, AnExportHoldsWhatIsKeptAndOfOthersOnlyWhoTheyAre) {
  const auto gojek = world().add_partner("gojek");
  static_cast<void>(world().link(gojek.partner, siti_));
  ASSERT_TRUE(service::open_dispute(platform(), siti_, "The lot is another one").has_value());
  ASSERT_TRUE(
      delegate_at_office(
          platform(),
          {.principal = other_, .agent = siti_, .relation = Relation::sibling, .scope = {.see = true}, .days = 30})
          .has_value());
  const auto exported = export_citizen(platform(), siti_);
  ASSERT_TRUE(exported.has_value()) << exported.error().text();
  const auto& all = exported.value();
  EXPECT_EQ(all.at("form").as_string(), "lindung-export-1");
  EXPECT_EQ(all.at("person").as_object().at("nik").as_string(), some_nik);
  EXPECT_EQ(all.at("person").as_object().at("birth").as_string(), "1990-03-21");
  ASSERT_EQ(all.at("records").as_array().size(), 1U);
  EXPECT_EQ(all.at("records").as_array()[0].as_object().at("issuer_name").as_string(), "Puskesmas");
  EXPECT_EQ(all.at("links").as_array()[0].as_object().at("partner").as_string(), "gojek");
  ASSERT_EQ(all.at("disputes_and_overrides").as_array().size(), 1U);
  ASSERT_EQ(all.at("i_act_for").as_array().size(), 1U);
  EXPECT_FALSE(all.at("i_act_for").as_array()[0].as_object().contains("records"));
  const auto text = boost::json::serialize(all);
  EXPECT_EQ(text.find(other_nik), std::string::npos);
  const auto pdf = export_pdf(all);
  ASSERT_TRUE(pdf.has_value()) << pdf.error().text();
  EXPECT_TRUE(as_text(pdf.value()).starts_with("%PDF-"));
  EXPECT_EQ(clinic_->officer_actions().back(), "citizen.exported");
}

TEST_P(RightsTest, AnErasedCitizenIsUnlinkedAndFoundNowhereInTheDatabase) {
  const auto gojek = world().add_partner("gojek");
  const auto token = world().link(gojek.partner, siti_);
  const auto code = world().add_venue(domain::Category::mall, 0);
  auto question = world().status_of(token);
  question.operation = domain::Operation::check_in;
  question.venue_code = code;
  ASSERT_EQ(world().ask(world().seal(gojek, question)->request()).value().outcome, Outcome::allow);
  ASSERT_TRUE(
      delegate_at_office(
          platform(),
          {.principal = siti_, .agent = other_, .relation = Relation::sibling, .scope = {.see = true}, .days = 30})
          .has_value());
  const auto index = person_index_of(some_nik);
  const std::vector<Bytes> marks{to_bytes(siti_.bytes()), to_bytes(index), to_bytes(as_bytes(some_nik)),
                                 wrapped_keys().at(siti_)};
  ASSERT_GE(places_of(marks).size(), 8U);  // the search finds what is there

  bool was_called = false;
  const auto erased = erase_citizen(platform(), siti_, [&](store::Transaction&) -> Result<void> {
    was_called = true;
    return ok();
  });
  ASSERT_TRUE(erased.has_value()) << erased.error().text();
  EXPECT_TRUE(was_called);
  EXPECT_EQ(places_of(marks), std::vector<std::string>{});
  EXPECT_EQ(outcome(gojek, token), Outcome::unlinked);
  EXPECT_EQ(clinic_->citizen_of(some_nik), std::nullopt);
  EXPECT_EQ(clinic_->number({"SELECT CAST(sum(inside) AS BIGINT) FROM occupancy"}), 0);
  EXPECT_EQ(list_delegations(platform(), other_).value().size(), 0U);
  EXPECT_EQ(notices_of(other_), (std::vector{service::NoticeKind::delegation, service::NoticeKind::delegation}));
  EXPECT_EQ(erase_citizen(platform(), siti_).error().code, Errc::not_found);
  EXPECT_EQ(export_citizen(platform(), siti_).error().code, Errc::not_found);

  const auto entries = world().log_entries();
  const auto* entry = std::get_if<log::OfficerEntry>(&entries.at(erased.value().log_index));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "citizen.erased");
  EXPECT_EQ(entry->case_digest, erasure_commitment(erased.value().opening));
  EXPECT_EQ(erased.value().backups_unreadable_from.number, day_of(world().clock.now() + days{30}).number + 1);
}

TEST_P(RightsTest, AnErasedCitizenIsNoHindranceToTheUndoingOfAnImport) {
  ASSERT_TRUE(erase_citizen(platform(), siti_).has_value());
  const auto undone = service::undo_batch(platform(), clinic_->issuer, "june", {});
  ASSERT_TRUE(undone.has_value()) << undone.error().text();
  EXPECT_EQ(undone.value().citizens, 2U) << "the two who are left";
}

TEST_P(RightsTest, ACopyOfTheDatabaseOfBeforeOpensNothingOfTheErasedFromTheStatedDayOn) {
  const auto copy = wrapped_keys();
  const auto erased = erase_citizen(platform(), siti_);
  ASSERT_TRUE(erased.has_value()) << erased.error().text();
  EXPECT_TRUE(store::unwrap_citizen_key(*world().ring, siti_, copy.at(siti_)).has_value());  // a backup, so far
  const auto stated = start_of(erased.value().backups_unreadable_from);
  while (world().clock.now() < stated) {  // the clock's chore, four times a day
    ASSERT_TRUE(service::keep_citizen_keys(platform()).has_value());
    later(hours{6});
  }
  EXPECT_EQ(store::unwrap_citizen_key(*world().ring, siti_, copy.at(siti_)).error().code, Errc::denied);
  EXPECT_EQ(store::unwrap_citizen_key(*world().ring, other_, copy.at(other_)).error().code, Errc::denied);
  for (const auto& [citizen, wrapped] : wrapped_keys()) {  // everybody else is here as before
    EXPECT_TRUE(store::unwrap_citizen_key(*world().ring, citizen, wrapped).has_value());
  }
  EXPECT_EQ(clinic_->colour_of(other_nik), domain::Colour::green);
  std::vector<std::uint64_t> ended;
  for (const auto& entry : world().log_entries()) {
    const auto* end = std::get_if<log::RetentionEntry>(&entry);
    if (end != nullptr && end->what == "citizen-keys") ended.push_back(end->period);
  }
  EXPECT_EQ(ended, (std::vector<std::uint64_t>{1}));
}

TEST_P(RightsTest, WithoutAnErasureTheKeysThatWrapStay) {
  for (int day = 0; day < 40; ++day) {
    ASSERT_TRUE(service::keep_citizen_keys(platform()).has_value());
    later(days{1});
  }
  EXPECT_EQ(world().ring->list(store::KeyClass::citizen_wrap).value().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, RightsTest, testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& tried) {
                           return tried.param == store::Engine::sqlite ? "SQLite" : "PostgreSQL";
                         });

}  // namespace
}  // namespace lindung::people
