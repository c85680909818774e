// The life of a rule set over a real store: proposed, derived for everybody, active, rolled back, retired.
#include "service/rule_sets.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/issuer.h"
#include "domain/link_token.h"
#include "domain/rule_document.h"
#include "embedded/rules_id_2021_json.h"
#include "gateway/partner_client.h"
#include "log/entry.h"
#include "service/imports.h"
#include "service/issuers.h"
#include "service/officers.h"
#include "service/rule_activation.h"
#include "service/timeline_sweep.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

// The built-in document with one text replaced by another.
std::string document_with(std::string_view from, std::string_view to) {
  std::string document{embedded::rules_id_2021_json};
  const auto at = document.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return document.replace(at, from.size(), to);
}
std::string version_2() { return document_with(R"("version": "1.0.0")", R"("version": "2.0.0")"); }

class RuleSetsTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  gateway::PartnerIdentity partner_ = world_.add_partner("gojek");
  // Green by a timeline that no record supports: derived again, the person is red.
  domain::LinkToken token_ = world_.link(partner_.partner, world_.add_citizen(domain::Colour::green, true));

  domain::Colour colour() {
    const auto answer = world_.ask_status(partner_, token_);
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer.has_value() ? answer.value().colour : domain::Colour::none;
  }
  void derive_all() {
    std::optional<CitizenRef> last;
    do {
      const auto part = derive_proposed(*world_.platform, last);
      ASSERT_TRUE(part.has_value()) << part.error().text();
      last = part.value().last;
    } while (last);
  }
  Errc refused(std::string_view document) {
    const auto proposed = propose_rule_set(*world_.platform, document);
    EXPECT_TRUE(proposed.has_error());
    return proposed.has_error() ? proposed.error().code : Errc::io;
  }
  std::int64_t count(store::Sql sql) {
    std::int64_t counted = -1;
    EXPECT_TRUE(world_.database
                    ->read([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { counted = row.integer(0); }));
                      return ok();
                    })
                    .has_value());
    return counted;
  }
  void import_a_patient() {
    const auto key = crypto::Ed25519PrivateKey::generate();
    const IssuerId issuer{"klinik"};
    ASSERT_TRUE(
        add_issuer_key(
            *world_.platform, "Klinik",
            {.issuer = issuer, .id = KeyId{"klinik.1"}, .key = key.public_key(), .not_before = {}, .not_after = {}})
            .has_value());
    const std::string_view patient =
        R"({"resourceType":"Patient","id":"p1","name":[{"text":"Siti"}],"birthDate":"1990-05-17"})";
    const BytesView file = as_bytes(patient);
    const auto message = domain::import_message(issuer, "one", domain::content_digest({&file, 1}));
    ASSERT_TRUE(message.has_value());
    const auto receipt = import_records(
        *world_.platform,
        {.issuer = issuer, .import_id = "one", .files = {&file, 1}, .signature = to_bytes(key.sign(message.value()))});
    ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
    ASSERT_EQ(receipt.value().balance.accepted, 1U);
  }
};

TEST_F(RuleSetsTest, AProposalTakesEffectWithItsActivationAndLeavesWithTheRollback) {
  ASSERT_EQ(colour(), domain::Colour::green);
  const auto proposed = propose_rule_set(*world_.platform, version_2());
  ASSERT_TRUE(proposed.has_value()) << proposed.error().text();
  EXPECT_EQ(proposed.value().generation, 2U);
  derive_all();
  EXPECT_EQ(colour(), domain::Colour::green) << "proposed is not active";
  const auto activated = activate_rule_set(*world_.platform, "id-2021@2.0.0");
  ASSERT_TRUE(activated.has_value()) << activated.error().text();
  EXPECT_EQ(colour(), domain::Colour::red);
  EXPECT_EQ(active_rule_set(*world_.platform).value().name(), "id-2021@2.0.0");
  const auto back = roll_back_rule_set(*world_.platform);
  ASSERT_TRUE(back.has_value()) << back.error().text();
  EXPECT_GT(back.value(), activated.value().log_index);
  EXPECT_EQ(colour(), domain::Colour::green);
  EXPECT_EQ(active_rule_set(*world_.platform).value().name(), "id-2021@1.0.0");
}

TEST_F(RuleSetsTest, NothingIsActivatedWhileSomebodysTimelineIsMissing) {
  ASSERT_TRUE(propose_rule_set(*world_.platform, version_2()).has_value());
  const auto early = activate_rule_set(*world_.platform, "id-2021@2.0.0");
  ASSERT_TRUE(early.has_error());
  EXPECT_EQ(early.error().code, Errc::conflict);
  EXPECT_EQ(colour(), domain::Colour::green);
}

TEST_F(RuleSetsTest, WhoIsImportedBehindAProposalHasATimelineOfIt) {
  ASSERT_TRUE(propose_rule_set(*world_.platform, version_2()).has_value());
  derive_all();
  import_a_patient();
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM citizen"}), 3);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM timeline WHERE generation = 2"}), 3);
  EXPECT_TRUE(activate_rule_set(*world_.platform, "id-2021@2.0.0").has_value());
}

TEST_F(RuleSetsTest, TheSameDocumentAgainIsTheSameProposal) {
  const auto first = propose_rule_set(*world_.platform, version_2());
  const auto again = propose_rule_set(*world_.platform, version_2());
  ASSERT_TRUE(first.has_value() && again.has_value());
  EXPECT_EQ(first.value().generation, again.value().generation);
  EXPECT_EQ(list_rule_sets(*world_.platform).value().size(), 2U);
}

TEST_F(RuleSetsTest, AnotherDocumentUnderAUsedVersionIsRefused) {
  EXPECT_EQ(refused(document_with(R"("version": "1.0.0")", R"("version":  "1.0.0")")), Errc::conflict);
  EXPECT_EQ(refused(embedded::rules_id_2021_json), Errc::conflict) << "in force already";
}

TEST_F(RuleSetsTest, ADocumentWhoseOwnCasesFailIsRefused) {
  auto document = version_2();
  const std::string_view expected = R"("colour": "black")";
  const auto at = document.rfind(expected);  // in the last case that expects it
  ASSERT_NE(at, std::string::npos);
  document.replace(at, expected.size(), R"("colour": "green")");
  EXPECT_EQ(refused(document), Errc::invalid_argument);
  EXPECT_EQ(refused("{}"), Errc::malformed);
}

TEST_F(RuleSetsTest, RulesAreActiveInTheirTimeOnly) {
  auto later = version_2();
  const std::string_view from = R"("validFrom": "2021-08-01T00:00:00Z")";
  ASSERT_NE(later.find(from), std::string::npos);
  later.replace(later.find(from), from.size(), R"("validFrom": "2027-01-01T00:00:00Z")");
  ASSERT_TRUE(propose_rule_set(*world_.platform, later).has_value());
  derive_all();
  const auto early = activate_rule_set(*world_.platform, "id-2021@2.0.0");
  ASSERT_TRUE(early.has_error());
  EXPECT_EQ(early.error().code, Errc::invalid_argument);
  world_.clock.set(moment_of(1'798'761'600));  // 2027-01-01T00:00:00Z
  EXPECT_TRUE(activate_rule_set(*world_.platform, "id-2021@2.0.0").has_value());
}

TEST_F(RuleSetsTest, AProposalThatIsReplacedIsRetiredAndItsTimelinesGo) {
  ASSERT_TRUE(propose_rule_set(*world_.platform, version_2()).has_value());
  derive_all();
  const auto next = propose_rule_set(*world_.platform, document_with(R"("version": "1.0.0")", R"("version": "3.0.0")"));
  ASSERT_TRUE(next.has_value()) << next.error().text();
  const auto gone = activate_rule_set(*world_.platform, "id-2021@2.0.0");
  ASSERT_TRUE(gone.has_error());
  EXPECT_EQ(gone.error().code, Errc::conflict);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM timeline WHERE generation = 2"}), 2);
  EXPECT_EQ(refused(version_2()), Errc::conflict) << "its timelines are still there";
  ASSERT_TRUE(clear_retired_timelines(*world_.platform).has_value());
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM timeline WHERE generation = 2"}), 0);
  EXPECT_EQ(count(store::Sql{"SELECT COUNT(*) FROM timeline WHERE generation = 1"}), 2);
  EXPECT_EQ(propose_rule_set(*world_.platform, version_2()).value().generation, 4U);
}

TEST_F(RuleSetsTest, WithoutARuleSetBeforeThereIsNoRollback) {
  const auto back = roll_back_rule_set(*world_.platform);
  ASSERT_TRUE(back.has_error());
  EXPECT_EQ(back.error().code, Errc::not_found);
}

TEST_F(RuleSetsTest, AnActivationWithANoticeIsAnnouncedAndSwitchesAtItsMoment) {
  ASSERT_TRUE(propose_rule_set(*world_.platform, version_2()).has_value());
  derive_all();
  const RuleTerms terms{.notice = std::chrono::hours{2}};
  const auto now = world_.clock.now();
  const auto early = activate_rule_set(*world_.platform, "id-2021@2.0.0", terms, now + terms.notice - seconds{1});
  ASSERT_TRUE(early.has_error());
  EXPECT_EQ(early.error().code, Errc::invalid_argument);
  EXPECT_EQ(early.error().detail, "not sooner than 2026-11-21T14:00:00Z");
  const auto announced = activate_rule_set(*world_.platform, "id-2021@2.0.0", terms);
  ASSERT_TRUE(announced.has_value()) << announced.error().text();
  EXPECT_EQ(announced.value().log_index, std::nullopt);
  EXPECT_EQ(announced.value().at, now + terms.notice);
  EXPECT_EQ(next_switch(*world_.platform).value(), now + terms.notice);
  EXPECT_EQ(state_name(list_rule_sets(*world_.platform).value().front()), "announced");
  const auto entry = std::get<log::OfficerEntry>(world_.log_entries().back());
  EXPECT_EQ(entry.action, "rules-announced");
  EXPECT_EQ(entry.case_digest, list_rule_sets(*world_.platform).value().front().digest);
  world_.clock.set(now + terms.notice - seconds{1});
  EXPECT_FALSE(switch_announced(*world_.platform).value());
  EXPECT_EQ(colour(), domain::Colour::green);
  world_.clock.set(now + terms.notice);
  ASSERT_TRUE(switch_announced(*world_.platform).value());
  EXPECT_EQ(colour(), domain::Colour::red);
  EXPECT_FALSE(switch_announced(*world_.platform).value()) << "once";
  EXPECT_TRUE(roll_back_rule_set(*world_.platform).has_value());
  EXPECT_EQ(colour(), domain::Colour::green);
}

TEST_F(RuleSetsTest, WhatIsAnnouncedIsNeitherReplacedNorAnnouncedAgainUntilItIsCancelled) {
  ASSERT_TRUE(propose_rule_set(*world_.platform, version_2()).has_value());
  derive_all();
  const auto at = world_.clock.now() + seconds{60};
  ASSERT_TRUE(activate_rule_set(*world_.platform, "id-2021@2.0.0", {}, at).has_value());
  const auto version_3 = document_with(R"("version": "1.0.0")", R"("version": "3.0.0")");
  EXPECT_EQ(refused(version_3), Errc::conflict);
  EXPECT_EQ(activate_rule_set(*world_.platform, "id-2021@2.0.0").error().code, Errc::conflict);
  EXPECT_EQ(cancel_rule_set(*world_.platform, "id-2021@1.0.0").error().code, Errc::conflict);
  EXPECT_EQ(cancel_rule_set(*world_.platform, "id-2021@7.0.0").error().code, Errc::not_found);
  EXPECT_EQ(state_name(cancel_rule_set(*world_.platform, "id-2021@2.0.0").value()), "proposed");
  world_.clock.set(at);
  EXPECT_FALSE(switch_announced(*world_.platform).value());
  EXPECT_EQ(state_name(cancel_rule_set(*world_.platform, "id-2021@2.0.0").value()), "retired");
  EXPECT_TRUE(propose_rule_set(*world_.platform, version_3).has_value());
}

TEST_F(RuleSetsTest, AnAnnouncedSetWaitsWhileSomebodysTimelineIsMissing) {
  ASSERT_TRUE(propose_rule_set(*world_.platform, version_2()).has_value());
  derive_all();
  const auto at = world_.clock.now() + seconds{60};
  ASSERT_TRUE(activate_rule_set(*world_.platform, "id-2021@2.0.0", {}, at).has_value());
  ASSERT_TRUE(world_.database
                  ->write([](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"DELETE FROM timeline WHERE generation = 2"}, {}));
                    return ok();
                  })
                  .has_value());
  world_.clock.set(at + seconds{5});
  EXPECT_EQ(switch_announced(*world_.platform).error().code, Errc::conflict);
  EXPECT_EQ(colour(), domain::Colour::green);
  derive_all();
  EXPECT_TRUE(switch_announced(*world_.platform).value());
}

TEST_F(RuleSetsTest, TheShareOfChangingColoursIsThatOfTheMoment) {
  const auto citizens = [&] { return count_colour_changes(*world_.platform, "id-2021@2.0.0", world_.clock.now()); };
  EXPECT_EQ(citizens().error().code, Errc::not_found);
  ASSERT_TRUE(propose_rule_set(*world_.platform, version_2()).has_value());
  EXPECT_EQ(citizens().error().code, Errc::conflict);
  import_a_patient();  // red by both
  derive_all();
  const auto changes = citizens();
  ASSERT_TRUE(changes.has_value()) << changes.error().text();
  EXPECT_EQ(changes.value().citizens, 2U);
  EXPECT_EQ(changes.value().changed, 1U);
  EXPECT_TRUE(changes.value().is_above(49));
  EXPECT_FALSE(changes.value().is_above(50));
}

TEST_F(RuleSetsTest, OnceThereAreOfficersOneOfThemStandsBehindADocument) {
  const auto siti = crypto::Ed25519PrivateKey::generate();
  const auto other = crypto::Ed25519PrivateKey::generate();
  const auto signed_by = [](const std::string& name, const crypto::Ed25519PrivateKey& key) {
    auto document = domain::RuleDocument::read(version_2()).value();
    EXPECT_TRUE(document.sign(name, key));
    return document;
  };
  ASSERT_TRUE(add_officer(*world_.platform, OfficerId{"siti"}, siti.public_key(), {}).has_value());
  EXPECT_EQ(refused(version_2()), Errc::denied);
  EXPECT_EQ(refused(signed_by("budi", other).text()), Errc::denied) << "no officer";
  EXPECT_EQ(refused(signed_by("siti", other).text()), Errc::denied) << "another's key";
  auto document = signed_by("budi", other);
  ASSERT_TRUE(document.sign("siti", siti));
  const auto proposed = propose_rule_set(*world_.platform, document.text());
  ASSERT_TRUE(proposed.has_value()) << proposed.error().text();
  derive_all();
  ASSERT_TRUE(activate_rule_set(*world_.platform, "id-2021@2.0.0").has_value());
  EXPECT_EQ(active_rule_set_signers(*world_.platform).value(), (std::vector<std::string>{"budi", "siti"}));
}

TEST_F(RuleSetsTest, TheDatabasesOwnerCannotWriteRules) {
  ASSERT_TRUE(world_.database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE rule_set SET sealed = $1"},
                                         {as_bytes(embedded::rules_id_2021_json)}));
                    return ok();
                  })
                  .has_value());
  const auto rules = active_rule_set(*world_.platform);
  ASSERT_TRUE(rules.has_error());
  EXPECT_EQ(rules.error().code, Errc::corrupt);
}

}  // namespace
}  // namespace lindung::service
