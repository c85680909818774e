// Codes, registration and recovery over a real store: what opens an account, and what does not.
#include "people/accounts.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/random.h"
#include "log/entry.h"
#include "people/caller.h"
#include "people/civil_register.h"
#include "people/one_time_codes.h"
#include "people/phone.h"
#include "people/portal_world.h"
#include "people/recovery.h"
#include "service/notices.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::people {
namespace {

class AccountsTest : public ::testing::Test {
 protected:
  void SetUp() override { portal_ = std::make_unique<PortalWorld>(); }
  Result<SignedIn> sign_in(const PortalWorld::Try& asked, std::string_view code = {}) {
    return sign_in_by_code(portal_->ground(), Role::citizen, asked.token.view(), code.empty() ? asked.code : code,
                           "Firefox");
  }
  Result<SignedIn> enrol(const Registration& registration, const std::string& phone = PortalWorld::phone) {
    const auto asked = portal_->ask(phone);
    return register_citizen(portal_->ground(), portal_->identity, asked.token.view(), asked.code, registration, "x");
  }
  static void expect_denied(const Result<SignedIn>& result, std::string_view detail) {
    ASSERT_TRUE(result.has_error());
    EXPECT_EQ(result.error().code, Errc::denied);
    EXPECT_EQ(result.error().detail, detail);
  }
  static std::string wrong(const std::string& code) {
    auto other = code;
    other[0] = other[0] == '9' ? '8' : static_cast<char>(other[0] + 1);
    return other;
  }

  std::unique_ptr<PortalWorld> portal_;
};

// Both engines where a statement is more than a look-up.
class AccountsOnBothTest : public AccountsTest, public ::testing::WithParamInterface<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    portal_ = std::make_unique<PortalWorld>(GetParam());
  }
};

TEST_P(AccountsOnBothTest, WhoAgreesWithTheRegisterIsSignedIn) {
  const auto done = portal_->register_siti();
  const auto caller = portal_->sessions.find(done.session.token.view());
  ASSERT_FALSE(caller.has_error());
  EXPECT_EQ(caller.value().role, Role::citizen);
  const auto notices = service::list_notices(*portal_->world.platform, *caller.value().citizen);
  ASSERT_FALSE(notices.has_error());
  ASSERT_EQ(notices.value().size(), 1U);
  EXPECT_EQ(notices.value().front().notice.kind, service::NoticeKind::account);
}

TEST_F(AccountsTest, KnownAndUnknownAreRefusedAlike) {
  portal_->load_siti();
  auto other_card = PortalWorld::siti();
  other_card.family_card = "3174051201100005";
  auto other_name = PortalWorld::siti();
  other_name.name = "Siti Aminah Putri";
  auto other_birth = PortalWorld::siti();
  other_birth.born = "1990-03-22";
  auto unknown = PortalWorld::siti();
  unknown.nik = "3174056103900002";
  for (const auto& each : {other_card, other_name, other_birth, unknown}) expect_denied(enrol(each), "identity");
}

TEST_F(AccountsTest, AnotherTelephoneThanTheRegistersIsRefused) {
  portal_->load_siti();
  expect_denied(enrol(PortalWorld::siti(), "0812-0000-0001"), "identity");
}

TEST_F(AccountsTest, ARefusedRegistrationMakesNobody) {
  portal_->load_siti();
  auto unknown = PortalWorld::siti();
  unknown.nik = "3174056103900002";
  const auto count = [&] {
    std::int64_t rows = -1;
    EXPECT_TRUE(portal_->world.database
                    ->read([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(store::Sql{"SELECT count(*) FROM citizen"}, {},
                                           [&](const store::Row& row) { rows = row.integer(0); }));
                      return ok();
                    })
                    .has_value());
    return rows;
  };
  const auto before = count();
  expect_denied(enrol(unknown), "identity");
  EXPECT_EQ(count(), before);
}

TEST_F(AccountsTest, RegisteringAgainSignsIn) {
  const auto first = portal_->register_siti();
  const auto again = enrol(PortalWorld::siti());
  ASSERT_FALSE(again.has_error());
  EXPECT_EQ(again.value().account.id, first.account.id);
}

TEST_F(AccountsTest, TheRegisterCannotBeRead) {
  portal_->load_siti();
  std::size_t rows = 0;
  ASSERT_TRUE(
      portal_->world.database
          ->read([&](store::Transaction& transaction) -> Result<void> {
            TRYV(transaction.run(store::Sql{"SELECT idx, checks FROM civil_register"}, {}, [&](const store::Row& row) {
              ++rows;
              EXPECT_EQ(row.bytes(0).size(), 32U);
              EXPECT_EQ(row.bytes(1).size(), 128U);
            }));
            return ok();
          })
          .has_value());
  EXPECT_EQ(rows, 2U);  // hers, and the one of nobody
}

TEST_F(AccountsTest, WhatTheRegisterCannotBeIsRefusedByLine) {
  const auto loaded =
      load_civil_register(*portal_->world.platform,
                          "phone,nik,name,born,family_card\n081234567890,317,A,1990-03-21,3174051201100004\n"
                          "1,3174056103900001,A,1990-03-21,3174051201100004\n"
                          "081234567890,3174056103900001,A,1990-03-21,31\n"
                          "081234567890,3174056103900001,A,1990-03-21,3174051201100004\n");
  ASSERT_FALSE(loaded.has_error());
  EXPECT_EQ(loaded.value().rows, 1U);
  EXPECT_EQ(loaded.value().refused, 3U);
  const auto without = load_civil_register(*portal_->world.platform, "nik,name\n");
  ASSERT_TRUE(without.has_error());
  EXPECT_EQ(without.error().code, Errc::malformed);
}

TEST_F(AccountsTest, ACodeSignsInOnce) {
  const auto first = portal_->register_siti();
  const auto asked = portal_->ask(PortalWorld::phone);
  const auto done = sign_in(asked);
  ASSERT_FALSE(done.has_error());
  EXPECT_EQ(done.value().account.id, first.account.id);
  expect_denied(sign_in(asked), "code");
}

TEST_F(AccountsTest, ARightCodeOfANumberWithoutAnAccountAsksForRegistrationAndServesIt) {
  portal_->load_siti();
  const auto asked = portal_->ask(PortalWorld::phone);
  const auto result = sign_in(asked);
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::conflict);
  EXPECT_EQ(result.error().detail, "register");
  EXPECT_FALSE(
      register_citizen(portal_->ground(), portal_->identity, asked.token.view(), asked.code, PortalWorld::siti(), "x")
          .has_error());
}

TEST_F(AccountsTest, FiveWrongCodesEndThatTryAndNoOther) {
  static_cast<void>(portal_->register_siti());
  const auto stranger = portal_->ask(PortalWorld::phone);
  const auto person = portal_->ask(PortalWorld::phone);
  for (std::int64_t i = 0; i < most_tries; ++i) expect_denied(sign_in(stranger, wrong(stranger.code)), "code");
  expect_denied(sign_in(stranger), "code");
  EXPECT_FALSE(sign_in(person).has_error());
}

TEST_F(AccountsTest, ACodeIsOfOneBrowserOnly) {
  static_cast<void>(portal_->register_siti());
  const auto first = portal_->ask(PortalWorld::phone);
  const auto second = portal_->ask(PortalWorld::phone);
  expect_denied(sign_in(second, first.code == second.code ? wrong(first.code) : first.code), "code");
}

TEST_F(AccountsTest, ACodeIsOverAfterTenMinutes) {
  static_cast<void>(portal_->register_siti());
  const auto asked = portal_->ask(PortalWorld::phone);
  portal_->world.clock.advance(code_life);
  expect_denied(sign_in(asked), "code");
}

// The stranger uses up what is sent to the number; the person's own try takes the code that came last.
TEST_P(AccountsOnBothTest, AStrangerWhoAsksForCodesSilencesNobody) {
  static_cast<void>(portal_->register_siti());
  for (std::int64_t i = 1; i < short_codes_a_day; ++i) EXPECT_EQ(portal_->ask(PortalWorld::phone).code.size(), 6U);
  const auto stranger = portal_->ask(PortalWorld::phone);
  ASSERT_EQ(stranger.code.size(), 12U);
  for (int i = 0; i < 20; ++i) {
    const auto token = crypto::random_secret<32>();
    ASSERT_FALSE(send_code(portal_->ground(), token.view(), parse_phone(PortalWorld::phone).value()).has_error());
  }
  EXPECT_TRUE(portal_->take_messages().empty());
  PortalWorld::Try person{.token = crypto::random_secret<32>(), .code = stranger.code};
  ASSERT_FALSE(send_code(portal_->ground(), person.token.view(), parse_phone(PortalWorld::phone).value()).has_error());
  EXPECT_FALSE(sign_in(person).has_error());
}

TEST_F(AccountsTest, TheNextDayCodesAreShortAgain) {
  for (std::int64_t i = 0; i <= short_codes_a_day; ++i) static_cast<void>(portal_->ask(PortalWorld::phone));
  portal_->world.clock.advance(seconds{86'400});
  EXPECT_EQ(portal_->ask(PortalWorld::phone).code.size(), 6U);
}

TEST_P(AccountsOnBothTest, ARecoveryInPersonMovesTheAccountToTheNumberAtHand) {
  const auto first = portal_->register_siti();
  const auto printed = start_recovery(*portal_->world.platform, *first.account.citizen, Hash{}, "KTP seen");
  ASSERT_FALSE(printed.has_error());
  const auto asked = portal_->ask("0857-1111-2222");
  const auto done = recover(portal_->ground(), asked.token.view(), asked.code, printed.value(), "x");
  ASSERT_FALSE(done.has_error()) << done.error().text();
  EXPECT_EQ(done.value().account.id, first.account.id);
  EXPECT_EQ(portal_->sessions.find(first.session.token.view()).error().code, Errc::bad_signature);
  EXPECT_FALSE(portal_->sessions.find(done.value().session.token.view()).has_error());
  // The old number opens nothing any more, neither by a code nor by registering with it.
  const auto old = sign_in(portal_->ask(PortalWorld::phone));
  ASSERT_TRUE(old.has_error());
  EXPECT_EQ(old.error().code, Errc::conflict);
  expect_denied(enrol(PortalWorld::siti()), "identity");
  EXPECT_FALSE(sign_in(portal_->ask("0857-1111-2222")).has_error());
}

TEST_F(AccountsTest, ARecoveryCodeServesOnceAndForSevenDays) {
  const auto first = portal_->register_siti();
  const auto try_it = [&](const std::string& code) {
    const auto asked = portal_->ask("0857-1111-2222");
    return recover(portal_->ground(), asked.token.view(), asked.code, code, "x");
  };
  const auto made = [&] {
    return start_recovery(*portal_->world.platform, *first.account.citizen, Hash{}, "KTP seen").value();
  };
  const auto replaced = made();
  const auto used = made();
  expect_denied(try_it(replaced), "code");
  EXPECT_FALSE(try_it(used).has_error());
  expect_denied(try_it(used), "code");
  const auto late = made();
  portal_->world.clock.advance(recovery_life);
  expect_denied(try_it(late), "code");
}

TEST_F(AccountsTest, APrintedCodeIsLoggedWithoutThePersonAndToldToThem) {
  const auto first = portal_->register_siti();
  const auto before = portal_->world.log_entries().size();
  ASSERT_FALSE(start_recovery(*portal_->world.platform, *first.account.citizen, Hash{}, "KTP seen").has_error());
  const auto entries = portal_->world.log_entries();
  ASSERT_EQ(entries.size(), before + 1);
  const auto* const entry = std::get_if<log::OfficerEntry>(&entries.back());
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->action, "account.recovery-printed");
  const auto notices = service::list_notices(*portal_->world.platform, *first.account.citizen).value();
  EXPECT_EQ(notices.size(), 2U);
}

TEST_F(AccountsTest, WhoWritesRowsGivesNoRecoveryCodeToAnother) {
  const auto first = portal_->register_siti();
  const auto printed = start_recovery(*portal_->world.platform, *first.account.citizen, Hash{}, "KTP seen");
  ASSERT_TRUE(printed.has_value());
  const CitizenRef other{crypto::random_bytes<16>()};
  ASSERT_TRUE(portal_->world.database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE recovery SET citizen_ref = $1"}, {other.bytes()}));
                    return ok();
                  })
                  .has_value());
  const auto asked = portal_->ask("0857-1111-2222");
  const auto done = recover(portal_->ground(), asked.token.view(), asked.code, printed.value(), "x");
  ASSERT_TRUE(done.has_error());
  EXPECT_EQ(done.error().code, Errc::corrupt);
}

TEST_F(AccountsTest, WhoWritesRowsOpensNoAccountByAnotherNumber) {
  const auto siti = portal_->register_siti();
  const std::string number{"0812-0000-0001"};
  const auto phone = parse_phone(number).value();
  ASSERT_TRUE(
      portal_->world.database
          ->write([&](store::Transaction& transaction) -> Result<void> {
            TRY(other,
                add_account(
                    transaction, portal_->ground().platform.ring,
                    {.id = {}, .role = Role::venue, .citizen = {}, .phone = phone, .officer = {}, .created_at = {}},
                    portal_->world.clock.now()));
            TRYV(transaction.run(store::Sql{"UPDATE account_index SET account_id = $1 WHERE account_id = $2"},
                                 {siti.account.id.bytes(), other.id.bytes()}));
            return ok();
          })
          .has_value());
  const auto asked = portal_->ask(number);
  const auto entered = sign_in_by_code(portal_->ground(), Role::venue, asked.token.view(), asked.code, "Firefox");
  ASSERT_TRUE(entered.has_error());
  EXPECT_EQ(entered.error().code, Errc::corrupt);
}

TEST_P(AccountsOnBothTest, AnAccountThatIsRemovedIsFoundByNothing) {
  const auto first = portal_->register_siti();
  ASSERT_TRUE(portal_->world.database
                  ->write([&](store::Transaction& transaction) {
                    return remove_account(transaction, portal_->ground(), first.account.id);
                  })
                  .has_value());
  EXPECT_EQ(portal_->sessions.find(first.session.token.view()).error().code, Errc::bad_signature);
  const auto again = sign_in(portal_->ask(PortalWorld::phone));
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::conflict);
}

INSTANTIATE_TEST_SUITE_P(Engines, AccountsOnBothTest,
                         ::testing::Values(store::Engine::sqlite, store::Engine::postgresql), [](const auto& each) {
                           return each.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

TEST(Phone, HasOneSpelling) {
  for (const std::string_view text : {"0812-3456-7890", "+62 812 3456 7890", "6281234567890", "(0812) 3456.7890"}) {
    ASSERT_FALSE(parse_phone(text).has_error()) << text;
    EXPECT_EQ(parse_phone(text).value().value(), "+6281234567890") << text;
  }
  EXPECT_EQ(parse_phone("+65 9123 4567").value().value(), "+6591234567");
  for (const std::string_view text :
       {"", "12345678", "0812", "+0812345678", "0812345678901234567", "0812x4567890", "+"}) {
    ASSERT_TRUE(parse_phone(text).has_error()) << text;
    EXPECT_EQ(parse_phone(text).error().code, Errc::malformed) << text;
  }
}

}  // namespace
}  // namespace lindung::people
