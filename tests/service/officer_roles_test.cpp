// What officers are there for, the codes by which they bind a passkey, and whom they looked at.
#include "service/officer_roles.h"

#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/colour.h"
#include "log/entry.h"
#include "service/looks.h"
#include "service/officer_codes.h"
#include "service/officer_purposes.h"
#include "service/officers.h"
#include "service/platform.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr Moment noon{seconds{1'795'262'400}};  // 2026-11-21T12:00:00Z

class OfficerRolesTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(noon, GetParam());
    ASSERT_TRUE(add_officer(platform(), siti_, key_.public_key(), {}).has_value());
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }
  [[nodiscard]] Result<OfficerId> take(const std::string& code) const {
    std::optional<OfficerId> taken;
    TRYV(world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(whose, take_officer_code(transaction, platform().ring, code, world_->clock.now()));
      taken = std::move(whose);
      return ok();
    }));
    return std::move(*taken);
  }
  [[nodiscard]] SignedCommand command(const std::string& name) const {
    return {.officer = siti_,
            .name = name,
            .arguments = R"({"partner":"gojek"})",
            .at = world_->clock.now(),
            .nonce = crypto::random_bytes<16>()};
  }

  OfficerId siti_{"siti"};
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();
  std::unique_ptr<test::World> world_;
};

TEST_P(OfficerRolesTest, AreAClosedListAndReplaceEachOther) {
  EXPECT_TRUE(find_officer_roles(platform(), siti_).value().empty());
  ASSERT_TRUE(set_officer_roles(platform(), siti_, parse_officer_roles("auditor,partners").value()).has_value());
  EXPECT_EQ(text_of(find_officer_roles(platform(), siti_).value()), "partners,auditor");
  ASSERT_TRUE(set_officer_roles(platform(), siti_, {OfficerRole::border}).has_value());
  EXPECT_EQ(text_of(find_officer_roles(platform(), siti_).value()), "border");
  for (const auto* const words : {"king", ",partners", "partners auditor", "Partners"}) {
    EXPECT_EQ(parse_officer_roles(words).error().code, Errc::invalid_argument) << words;
  }
  EXPECT_EQ(set_officer_roles(platform(), OfficerId{"nobody"}, {OfficerRole::border}).error().code, Errc::not_found);
}

TEST_P(OfficerRolesTest, ACodeForAPasskeyServesOnceForAnHourAndTheNewestOnly) {
  EXPECT_EQ(make_officer_code(platform(), OfficerId{"nobody"}).error().code, Errc::not_found);
  const auto old = make_officer_code(platform(), siti_).value();
  const auto made = make_officer_code(platform(), siti_).value();
  EXPECT_EQ(take(old.code).error().code, Errc::denied) << "replaced";
  EXPECT_EQ(take("").error().code, Errc::denied);
  EXPECT_EQ(take(made.code + "A").error().code, Errc::denied);
  std::string as_typed;
  for (const char each : made.code) as_typed += each == '-' ? ' ' : static_cast<char>(std::tolower(each));
  EXPECT_EQ(take(as_typed).value(), siti_);
  EXPECT_EQ(take(made.code).error().code, Errc::denied) << "taken";
  const auto late = make_officer_code(platform(), siti_).value();
  EXPECT_EQ(late.expires_at, noon + officer_code_age);
  world_->clock.advance(officer_code_age);
  EXPECT_EQ(take(late.code).error().code, Errc::denied) << "over";
}

TEST_P(OfficerRolesTest, WhoWritesRowsGivesNobodyARoleOrACode) {
  const OfficerId budi{"budi"};
  ASSERT_TRUE(add_officer(platform(), budi, crypto::Ed25519PrivateKey::generate().public_key(), {}).has_value());
  ASSERT_TRUE(set_officer_roles(platform(), siti_, {OfficerRole::border}).has_value());
  const auto made = make_officer_code(platform(), siti_).value();
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE officer_role SET officer_id = $1"}, {budi.value()}));
                    TRYV(transaction.run(store::Sql{"UPDATE officer_code SET officer_id = $1"}, {budi.value()}));
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(find_officer_roles(platform(), budi).error().code, Errc::corrupt);
  EXPECT_EQ(take(made.code).error().code, Errc::corrupt);
}

TEST_P(OfficerRolesTest, ACommandProvedByAPasskeyIsTakenOnceWithinAMinuteAndNamedByTheOfficersKey) {
  const auto given = command("partner/cut");
  const auto taken = accept_proved_command(platform(), given, given.name);
  ASSERT_TRUE(taken.has_value()) << taken.error().text();
  EXPECT_EQ(taken.value().digest, crypto::sha256(command_message(given)));
  const auto entries = world_->log_entries();
  const auto* entry = std::get_if<log::OfficerEntry>(&entries.at(taken.value().log_index));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "partner/cut");
  EXPECT_EQ(entry->case_digest, taken.value().digest);
  EXPECT_EQ(entry->officer_key_digest, crypto::sha256(key_.public_key().bytes()));
  EXPECT_EQ(accept_proved_command(platform(), given, given.name).error().code, Errc::conflict);
  auto stranger = command("partner/cut");
  stranger.officer = OfficerId{"nobody"};
  EXPECT_EQ(accept_proved_command(platform(), stranger, stranger.name).error().code, Errc::denied);
  const auto late = command("partner/cut");
  world_->clock.advance(command_age + seconds{1});
  EXPECT_EQ(accept_proved_command(platform(), late, late.name).error().code, Errc::denied);
}

TEST_P(OfficerRolesTest, WhatWaitsIsListedWithWhatItWouldDoUntilItIsTakenOrTooOld) {
  const auto first = ask_approval(platform(), command("partner/shred")).value();
  world_->clock.advance(seconds{60});
  const auto second = ask_approval(platform(), command("partner/resume")).value();
  auto waiting = list_approvals(platform()).value();
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].approval.id, first);
  EXPECT_EQ(waiting[0].approval.name, "partner/shred");
  EXPECT_EQ(waiting[0].approval.arguments, R"({"partner":"gojek"})");
  EXPECT_EQ(waiting[0].approval.asked_by, siti_);
  EXPECT_EQ(waiting[0].asked_at, noon);
  ASSERT_TRUE(approve_command(platform(), first, OfficerId{"budi"}, 3).has_value());
  waiting = list_approvals(platform()).value();
  ASSERT_EQ(waiting.size(), 2U) << "a third officer is needed";
  EXPECT_EQ(waiting[0].approval.approved_by, std::vector{OfficerId{"budi"}});
  ASSERT_TRUE(approve_command(platform(), second, OfficerId{"budi"}, 2).has_value());
  waiting = list_approvals(platform()).value();
  ASSERT_EQ(waiting.size(), 1U);
  world_->clock.advance(approval_age);
  EXPECT_TRUE(list_approvals(platform()).value().empty());
}

TEST_P(OfficerRolesTest, ALookIsKeptForTheCitizenAndCountedUnderItsPurpose) {
  const auto citizen = world_->add_citizen(domain::Colour::green, true);
  const auto other = world_->add_citizen(domain::Colour::green, true);
  OfficerLook look{.citizen = citizen, .officer = "auditor", .counted = siti_, .action = "why", .purpose = "audit"};
  ASSERT_TRUE(record_look(platform(), look).has_value());
  ASSERT_TRUE(record_look(platform(), look).has_value());
  look.purpose = "dispute";
  ASSERT_TRUE(record_look(platform(), look).has_value());
  EXPECT_EQ(list_looks(platform(), citizen, to_the_end, 10).value().officers.size(), 3U);
  EXPECT_TRUE(list_looks(platform(), other, to_the_end, 10).value().officers.empty());
  look.purpose = std::string(129, 'x');
  EXPECT_EQ(record_look(platform(), look).error().code, Errc::invalid_argument);
  look.purpose = "legal";
  look.citizen = CitizenRef{crypto::random_bytes<16>()};
  ASSERT_TRUE(record_look(platform(), look).has_value()) << "nobody who could read it";
  const auto counts = count_purposes(platform(), day_of(noon)).value();
  ASSERT_EQ(counts.size(), 2U) << "what showed nobody is not counted";
  EXPECT_EQ(counts[0].purpose, "audit");
  EXPECT_EQ(counts[0].views, 2U);
  EXPECT_EQ(counts[0].officer, siti_);
  EXPECT_EQ(counts[1].purpose, "dispute");
  EXPECT_TRUE(count_purposes(platform(), Day{day_of(noon).number + 1}).value().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, OfficerRolesTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::service
