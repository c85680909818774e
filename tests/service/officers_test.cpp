// Officers: whose commands are taken, once, and how a second one decides.
#include "service/officers.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
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
#include "log/entry.h"
#include "store/database.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class OfficersTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  crypto::Ed25519PrivateKey siti_ = crypto::Ed25519PrivateKey::generate();
  crypto::Ed25519PrivateKey budi_ = crypto::Ed25519PrivateKey::generate();

  void SetUp() override {
    ASSERT_EQ(count_officers(*world_.platform).value(), 0U);
    ASSERT_TRUE(add_officer(*world_.platform, OfficerId{"siti"}, siti_.public_key(), {}).has_value());
    ASSERT_TRUE(add_officer(*world_.platform, OfficerId{"budi"}, budi_.public_key(), {}).has_value());
  }
  [[nodiscard]] SignedCommand command(const std::string& officer, const crypto::Ed25519PrivateKey& key,
                                      const std::string& name = "partner/shred") const {
    const std::string arguments = R"({"partner":"gojek"})";
    SignedCommand given{.officer = OfficerId{officer},
                        .name = name,
                        .arguments = arguments,
                        .at = world_.clock.now(),
                        .nonce = crypto::random_bytes<16>()};
    given.signature = key.sign(command_message(given));
    return given;
  }
  [[nodiscard]] Result<Hash> accept(const SignedCommand& command) const {
    TRY(taken, accept_command(*world_.platform, command, command.name));
    return taken.digest;
  }
  [[nodiscard]] std::vector<log::OfficerEntry> officer_entries() const {
    std::vector<log::OfficerEntry> entries;
    for (const auto& entry : world_.log_entries()) {
      const auto* officer = std::get_if<log::OfficerEntry>(&entry);
      if (officer != nullptr && officer->action != "officer/add") entries.push_back(*officer);
    }
    return entries;
  }
};

TEST_F(OfficersTest, AnOfficerIsRegisteredOnceByIdAndByKey) {
  EXPECT_EQ(count_officers(*world_.platform).value(), 2U);
  const auto fresh = crypto::Ed25519PrivateKey::generate().public_key();
  EXPECT_EQ(add_officer(*world_.platform, OfficerId{"siti"}, fresh, {}).error().code, Errc::conflict);
  EXPECT_EQ(add_officer(*world_.platform, OfficerId{"siti.2"}, siti_.public_key(), {}).error().code, Errc::conflict);
  for (const auto& id : {std::string{}, std::string{"Siti"}, std::string(65, 'a')}) {
    EXPECT_EQ(add_officer(*world_.platform, OfficerId{id}, fresh, {}).error().code, Errc::invalid_argument) << id;
  }
  const auto listing = list_officers(*world_.platform).value();
  ASSERT_EQ(listing.size(), 2U);
  EXPECT_EQ(listing[0].id, OfficerId{"budi"});
  EXPECT_EQ(listing[0].key_digest, crypto::sha256(budi_.public_key().bytes()));
}

TEST_F(OfficersTest, ACommandIsLoggedUnderItsDigestAndItsOfficersKey) {
  const auto given = command("siti", siti_);
  const auto digest = accept(given);
  ASSERT_TRUE(digest.has_value()) << digest.error().text();
  EXPECT_EQ(digest.value(), crypto::sha256(command_message(given)));
  const auto entries = officer_entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].action, "partner/shred");
  EXPECT_EQ(entries[0].case_digest, digest.value());
  EXPECT_EQ(entries[0].officer_key_digest, crypto::sha256(siti_.public_key().bytes()));
}

TEST_F(OfficersTest, ACommandWhoseNameTellsTooMuchIsLoggedUnderAnother) {
  ASSERT_TRUE(
      accept_command(*world_.platform, command("siti", siti_, "partner/canary-plant"), "link/grant").has_value());
  ASSERT_EQ(officer_entries().size(), 1U);
  EXPECT_EQ(officer_entries()[0].action, "link/grant");
}

TEST_F(OfficersTest, OnlyTheOfficersOwnSignatureOverTheWholeCommandCounts) {
  EXPECT_EQ(accept(command("nobody", siti_)).error().code, Errc::denied);
  EXPECT_EQ(accept(command("siti", budi_)).error().code, Errc::denied);
  auto changed = command("siti", siti_);
  changed.arguments = R"({"partner":"grab"})";
  EXPECT_EQ(accept(changed).error().code, Errc::denied);
  changed = command("siti", siti_);
  changed.name = "partner/resume";
  EXPECT_EQ(accept(changed).error().code, Errc::denied);
  changed = command("siti", siti_);
  changed.at += seconds{1};
  EXPECT_EQ(accept(changed).error().code, Errc::denied);
  changed = command("siti", siti_);
  changed.nonce = crypto::random_bytes<16>();
  EXPECT_EQ(accept(changed).error().code, Errc::denied);
  EXPECT_TRUE(officer_entries().empty());
}

TEST_F(OfficersTest, ASignedCommandIsTakenOnce) {
  const auto given = command("siti", siti_);
  ASSERT_TRUE(accept(given).has_value());
  EXPECT_EQ(accept(given).error().code, Errc::conflict);
  world_.clock.advance(command_age);
  EXPECT_EQ(accept(given).error().code, Errc::conflict);
  EXPECT_EQ(officer_entries().size(), 1U);
  EXPECT_TRUE(accept(command("siti", siti_)).has_value());  // the same again, signed anew
}

TEST_F(OfficersTest, OneOfficerCanGiveTheSameCommandTwiceInTheSameSecond) {
  const auto first = accept(command("siti", siti_));
  const auto second = accept(command("siti", siti_));
  ASSERT_TRUE(first.has_value()) << first.error().text();
  ASSERT_TRUE(second.has_value()) << second.error().text();
  EXPECT_NE(first.value(), second.value()) << "the log does not tell that they are the same";
}

TEST_F(OfficersTest, TwoOfficersCanGiveTheSameCommandInTheSameSecond) {
  EXPECT_TRUE(accept(command("siti", siti_)).has_value());
  EXPECT_TRUE(accept(command("budi", budi_)).has_value());
}

TEST_F(OfficersTest, ACommandIsTakenWithinAMinuteOfItsSigningOnly) {
  const auto early = command("siti", siti_);
  world_.clock.advance(command_age);
  EXPECT_TRUE(accept(early).has_value());
  const auto late = command("budi", budi_);
  world_.clock.advance(command_age + seconds{1});
  EXPECT_EQ(accept(late).error().code, Errc::denied);
  auto ahead = command("siti", siti_, "partner/cut");
  ahead.at = world_.clock.now() + command_age + seconds{1};
  ahead.signature = siti_.sign(command_message(ahead));
  EXPECT_EQ(accept(ahead).error().code, Errc::denied);
}

TEST_F(OfficersTest, ACommandFromALittleAheadIsNotTakenAgainBeforeItsMinuteIsOver) {
  auto ahead = command("siti", siti_);
  ahead.at = world_.clock.now() + command_age;
  ahead.signature = siti_.sign(command_message(ahead));
  ASSERT_TRUE(accept(ahead).has_value());
  world_.clock.advance(2 * command_age);
  EXPECT_EQ(accept(ahead).error().code, Errc::conflict);
}

TEST_F(OfficersTest, WhoAskedCannotApproveAndTheCommandGoesOnWaiting) {
  const auto id = ask_approval(*world_.platform, command("siti", siti_)).value();
  EXPECT_EQ(find_approval(*world_.platform, id, OfficerId{"siti"}).error().code, Errc::denied);
  EXPECT_EQ(approve_command(*world_.platform, id, OfficerId{"siti"}, 2).error().code, Errc::denied);
  const auto waiting = find_approval(*world_.platform, id, OfficerId{"budi"});
  ASSERT_TRUE(waiting.has_value()) << waiting.error().text();
  EXPECT_EQ(waiting.value().officers(), 1);
  const auto approval = approve_command(*world_.platform, id, OfficerId{"budi"}, 2);
  ASSERT_TRUE(approval.has_value()) << approval.error().text();
  EXPECT_EQ(approval.value().officers(), 2);
  EXPECT_EQ(approval.value().name, "partner/shred");
  EXPECT_EQ(approval.value().arguments, R"({"partner":"gojek"})");
  EXPECT_EQ(approval.value().asked_by, OfficerId{"siti"});
}

TEST_F(OfficersTest, WhatWaitsIsSealedAndCannotBeChangedByTheDatabasesOwner) {
  const auto id = ask_approval(*world_.platform, command("siti", siti_)).value();
  const auto other = ask_approval(*world_.platform, command("siti", siti_)).value();
  std::string subject;
  const auto change = [&](store::Sql sql, const ByteArray<16>& approval) {
    return world_.database->write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(store::Sql{"SELECT subject FROM approval WHERE approval_id = $1"}, {BytesView{other}},
                           [&](const store::Row& row) { subject = row.text(0); }));
      TRYV(transaction.run(sql, {BytesView{approval}, std::string_view{subject}}));
      return ok();
    });
  };
  ASSERT_TRUE(change(store::Sql{"UPDATE approval SET subject = $2 WHERE approval_id = $1"}, id).has_value());
  EXPECT_EQ(subject.find("gojek"), std::string::npos);
  EXPECT_EQ(approve_command(*world_.platform, id, OfficerId{"budi"}, 2).error().code, Errc::corrupt);
  ASSERT_TRUE(
      change(store::Sql{"UPDATE approval SET action = 'partner/cut', subject = $2 WHERE approval_id = $1"}, other)
          .has_value());
  EXPECT_EQ(approve_command(*world_.platform, other, OfficerId{"budi"}, 2).error().code, Errc::corrupt);
}

TEST_F(OfficersTest, WhoWritesRowsApprovesNothingInAnOfficersName) {
  const auto own = ask_approval(*world_.platform, command("siti", siti_)).value();
  const auto forged = ask_approval(*world_.platform, command("siti", siti_)).value();
  ASSERT_TRUE(world_.database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    // Siti's own wish as if budi had asked, and budi's approval of another.
                    TRYV(transaction.run(store::Sql{"UPDATE approval SET asked_by = 'budi' WHERE approval_id = $1"},
                                         {BytesView{own}}));
                    TRYV(
                        transaction.run(store::Sql{"INSERT INTO approval_officer (approval_id, officer_id, at, sealed) "
                                                   "VALUES ($1, 'budi', 0, $1)"},
                                        {BytesView{forged}}));
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(approve_command(*world_.platform, own, OfficerId{"siti"}, 2).error().code, Errc::corrupt);
  EXPECT_EQ(approve_command(*world_.platform, forged, OfficerId{"tri"}, 3).error().code, Errc::corrupt);
}

TEST_F(OfficersTest, AnApprovalIsTakenOnceAndOnlyIfItWaits) {
  EXPECT_EQ(approve_command(*world_.platform, crypto::random_bytes<16>(), OfficerId{"budi"}, 2).error().code,
            Errc::not_found);
  const auto id = ask_approval(*world_.platform, command("siti", siti_)).value();
  ASSERT_TRUE(approve_command(*world_.platform, id, OfficerId{"budi"}, 2).has_value());
  EXPECT_EQ(approve_command(*world_.platform, id, OfficerId{"budi"}, 2).error().code, Errc::conflict);
  EXPECT_EQ(approve_command(*world_.platform, id, OfficerId{"siti"}, 2).error().code, Errc::conflict);
  EXPECT_EQ(find_approval(*world_.platform, id, OfficerId{"tri"}).error().code, Errc::conflict);
}

TEST_F(OfficersTest, ACommandThatTakesThreeWaitsForTwoOthersWhoAreNotTheSame) {
  const auto id = ask_approval(*world_.platform, command("siti", siti_)).value();
  const auto second = approve_command(*world_.platform, id, OfficerId{"budi"}, 3);
  ASSERT_TRUE(second.has_value()) << second.error().text();
  EXPECT_EQ(second.value().officers(), 2);
  EXPECT_EQ(approve_command(*world_.platform, id, OfficerId{"budi"}, 3).error().code, Errc::denied);
  EXPECT_EQ(approve_command(*world_.platform, id, OfficerId{"siti"}, 3).error().code, Errc::denied);
  const auto third = approve_command(*world_.platform, id, OfficerId{"tri"}, 3);
  ASSERT_TRUE(third.has_value()) << third.error().text();
  EXPECT_EQ(third.value().officers(), 3);
  EXPECT_EQ(approve_command(*world_.platform, id, OfficerId{"wati"}, 3).error().code, Errc::conflict);
}

}  // namespace
}  // namespace lindung::service
