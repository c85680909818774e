#include "service/certificate_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/hc1_maker.h"
#include "cert/trust_store.h"
#include "crypto/random.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/batch_undo.h"
#include "service/explain.h"
#include "service/hands_world.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/timeline_writer.h"
#include "store/database.h"
#include "store/log_head.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service::testing {
namespace {

using cert::Hc1Draft;
using cert::Hc1Entry;

class CertificateRecordsTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(cert::now, GetParam());
    citizen_ = add_citizen("Erika Mustermann");
    trust_ = cert::trusting({&signer_});
  }

  [[nodiscard]] CitizenRef add_citizen(const std::string& name) const {
    const domain::Identity identity{.nik = {},
                                    .passport = {},
                                    .local = domain::LocalId{crypto::random_bytes<16>()},
                                    .name = name,
                                    .birth = domain::PartialDate{.year = 1964, .month = 8, .day = 12}};
    CitizenRef citizen;
    const auto added = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      TimelineWriter timelines{*world_->ring};
      TRYV(timelines.begin(transaction));
      TRY(person, find_or_add_person(transaction, *world_->ring, identity, world_->clock.now()));
      citizen = person.citizen;
      return timelines.write(transaction, person, world_->clock.now());
    });
    EXPECT_TRUE(added.has_value()) << added.error().text();
    return citizen;
  }

  Result<CertificateReceipt> take_text(const std::string& text, bool is_confirmed = false) {
    return take_certificate(*world_->platform, trust_,
                            {.citizen = citizen_, .text = text, .is_confirmed_by_document = is_confirmed});
  }
  Result<CertificateReceipt> take(const Hc1Draft& draft = {}) { return take_text(make_hc1(signer_, draft)); }

  // Refused for this reason, and nothing kept.
  void expect_refused(const Result<CertificateReceipt>& taken, const std::string& reason) {
    ASSERT_TRUE(taken.has_error());
    EXPECT_EQ(taken.error().code, Errc::denied);
    EXPECT_TRUE(taken.error().detail.starts_with(reason + ":")) << taken.error().detail;
    EXPECT_EQ(records().size(), 0U);
    EXPECT_EQ(count({"SELECT count(*) FROM batch"}), 0);
    EXPECT_EQ(count({"SELECT count(*) FROM import"}), 0);
  }

  [[nodiscard]] std::vector<domain::Record> records() const {
    std::vector<domain::Record> found;
    EXPECT_TRUE(world_->database->read([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, open_person(transaction, *world_->ring, citizen_));
      TRY(read, read_records(transaction, person));
      found = std::move(read);
      return ok();
    }));
    return found;
  }
  [[nodiscard]] domain::Colour colour() const {
    auto colour = domain::Colour::none;
    EXPECT_TRUE(world_->database->read([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, open_person(transaction, *world_->ring, citizen_));
      TRY(generation, store::read_timeline_generation(transaction));
      TRY(timeline, read_timeline(transaction, person, generation));
      colour = timeline.at(world_->clock.now()).colour;
      return ok();
    }));
    return colour;
  }
  [[nodiscard]] std::int64_t count(store::Sql sql) const {
    std::int64_t counted = -1;
    EXPECT_TRUE(world_->database->read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { counted = row.integer(0); }));
      return ok();
    }));
    return counted;
  }
  [[nodiscard]] std::int64_t logged() const {
    const auto entries = world_->log_entries();
    return std::ranges::count_if(entries, [](const log::Entry& entry) {
      const auto* officer = std::get_if<log::OfficerEntry>(&entry);
      return officer != nullptr && officer->action == "certificate-records";
    });
  }

  cert::TestSigner signer_{"DE"};
  cert::TrustStore trust_;
  std::unique_ptr<test::World> world_;
  CitizenRef citizen_;
};

TEST_P(CertificateRecordsTest, a_second_dose_of_another_country_makes_its_holder_green) {
  ASSERT_NE(colour(), domain::Colour::green);
  const auto taken = take();
  ASSERT_TRUE(taken) << taken.error().text();
  EXPECT_EQ(taken.value().issuer.value(), "certificate.de");
  EXPECT_EQ(taken.value().records, std::vector{domain::RecordKind::vaccination});
  EXPECT_FALSE(taken.value().is_repeated);
  EXPECT_EQ(colour(), domain::Colour::green);
  EXPECT_EQ(logged(), 1);
}

TEST_P(CertificateRecordsTest, why_names_the_certificate_and_its_signer) {
  const auto taken = take();
  ASSERT_TRUE(taken) << taken.error().text();
  const auto why = explain(*world_->platform, citizen_, world_->clock.now(), taken.value().log_index + 1);
  ASSERT_TRUE(why) << why.error().text();
  ASSERT_EQ(why.value().facts.size(), 1U);
  const auto& fact = why.value().facts.front();
  EXPECT_EQ(fact.record.issuer, taken.value().issuer);
  EXPECT_EQ(fact.import_id, taken.value().import_id);
  EXPECT_EQ(fact.key.value(), "3132333435363738");
  EXPECT_TRUE(fact.decides);
  // Before that entry of the log nobody knew of it.
  EXPECT_TRUE(
      explain(*world_->platform, citizen_, world_->clock.now(), taken.value().log_index - 1).value().facts.empty());
}

TEST_P(CertificateRecordsTest, the_same_certificate_again_changes_nothing) {
  const auto first = take();
  ASSERT_TRUE(first) << first.error().text();
  // Signed anew, it is still the certificate of that identifier.
  const auto again = take();
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_TRUE(again.value().is_repeated);
  EXPECT_EQ(again.value().log_index, first.value().log_index);
  EXPECT_EQ(records().size(), 1U);
  EXPECT_EQ(logged(), 1);
  ASSERT_TRUE(take({.date = "2021-06-01", .uci = "URN:UVCI:01:DE:2", .dose = 1}));
  EXPECT_EQ(records().size(), 2U);
}

TEST_P(CertificateRecordsTest, a_certificate_that_was_undone_counts_no_more_and_is_not_taken_in_again) {
  const auto taken = take();
  ASSERT_TRUE(taken) << taken.error().text();
  const auto undone = undo_batch(*world_->platform, taken.value().issuer, taken.value().import_id, {});
  ASSERT_TRUE(undone) << undone.error().text();
  EXPECT_EQ(undone.value().records, 1U);
  EXPECT_NE(colour(), domain::Colour::green);
  const auto again = take();
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::conflict);
}

TEST_P(CertificateRecordsTest, a_positive_test_and_a_recovery_become_records_too) {
  ASSERT_TRUE(take({.entry = Hc1Entry::positive_test, .uci = "URN:UVCI:01:DE:T"}));
  ASSERT_TRUE(take({.entry = Hc1Entry::recovery, .uci = "URN:UVCI:01:DE:R"}));
  const auto kept = records();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(std::ranges::count(kept, domain::RecordKind::test, [](const auto& each) { return kind_of(each.fact); }), 1);
  EXPECT_EQ(std::ranges::count(kept, domain::RecordKind::recovery, [](const auto& each) { return kind_of(each.fact); }),
            1);
}

TEST_P(CertificateRecordsTest, a_certificate_of_somebody_else_is_refused) {
  expect_refused(take({.given = "MAX"}), "holder-name");
  expect_refused(take({.birth = "1964-08-13"}), "holder-birth-date");
  expect_refused(take({.birth = ""}), "holder-birth-date");
}

TEST_P(CertificateRecordsTest, a_part_of_a_birth_date_needs_a_document) {
  expect_refused(take({.birth = "1964-08"}), "holder-birth-date-part");
  expect_refused(take({.birth = "1964"}), "holder-birth-date-part");
  expect_refused(take_text(make_hc1(signer_, {.birth = "1963"}), true), "holder-birth-date");
  const auto taken = take_text(make_hc1(signer_, {.birth = "1964-08"}), true);
  ASSERT_TRUE(taken) << taken.error().text();
}

TEST_P(CertificateRecordsTest, a_certificate_that_is_not_valid_is_refused_by_the_reason_of_its_verification) {
  const cert::TestSigner stranger{"DE", "87654321"};
  expect_refused(take_text(make_hc1(stranger)), "untrusted-signer");
  const cert::TestSigner forger{"DE"};
  expect_refused(take_text(make_hc1(forger)), "signature");
  trust_.add_revoked_key(signer_.kid());
  expect_refused(take(), "revoked");
  trust_ = cert::trusting({&signer_});
  world_->clock.set(cert::expires_at + std::chrono::hours{1});
  expect_refused(take(), "expired");
}

TEST_P(CertificateRecordsTest, what_we_have_no_word_for_is_refused) {
  expect_refused(take({.product = "Some-Vaccine", .prophylaxis = "other"}), "content");
}

TEST_P(CertificateRecordsTest, a_certificate_that_was_taken_in_for_one_is_not_taken_in_for_another_of_that_name) {
  ASSERT_TRUE(take());
  citizen_ = add_citizen("Erika Mustermann");
  const auto taken = take();
  ASSERT_TRUE(taken.has_error());
  EXPECT_TRUE(taken.error().detail.starts_with("other-citizen:")) << taken.error().detail;
  EXPECT_EQ(records().size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Engines, CertificateRecordsTest,
                         ::testing::Values(store::Engine::sqlite, store::Engine::postgresql), engine_name);

}  // namespace
}  // namespace lindung::service::testing
