// Sessions over a real store: they outlive the server, end by time, by one and by all, and rest in front of doors.
#include "people/sessions.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/colour.h"
#include "people/caller.h"
#include "people/portal_world.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::people {
namespace {

using std::chrono::hours;

class SessionsTest : public ::testing::Test {
 protected:
  void SetUp() override { portal_ = std::make_unique<PortalWorld>(); }
  OpenedSession open(Role role = Role::citizen, const std::string& device = "Chrome") {
    OpenedSession opened;
    const auto done = portal_->world.database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(session, portal_->sessions.open(transaction,
                                          {.role = role,
                                           .account = account_,
                                           .citizen = role == Role::citizen ? std::optional{citizen_} : std::nullopt,
                                           .officer = OfficerId{role == Role::officer ? "siti" : ""},
                                           .device = device,
                                           .by_passkey = false},
                                          portal_->world.clock.now()));
      opened = std::move(session);
      return ok();
    });
    EXPECT_FALSE(done.has_error());
    return opened;
  }
  Result<Caller> find(const OpenedSession& session) { return portal_->sessions.find(session.token.view()); }
  void expect_signed_out(const OpenedSession& session) {
    const auto found = find(session);
    ASSERT_TRUE(found.has_error());
    EXPECT_EQ(found.error().code, Errc::bad_signature);
  }

  std::unique_ptr<PortalWorld> portal_;
  AccountId account_{crypto::random_bytes<16>()};
  CitizenRef citizen_{crypto::random_bytes<16>()};
};

class SessionsOnBothTest : public SessionsTest, public ::testing::WithParamInterface<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    portal_ = std::make_unique<PortalWorld>(GetParam());
  }
};

TEST_P(SessionsOnBothTest, ASessionIsOfWhoOpenedItAndOutlivesTheServer) {
  const auto session = open();
  const Sessions after_restart{*portal_->world.platform};
  const auto caller = after_restart.find(session.token.view());
  ASSERT_FALSE(caller.has_error());
  EXPECT_EQ(caller.value().role, Role::citizen);
  EXPECT_EQ(caller.value().account, account_);
  EXPECT_EQ(caller.value().citizen, citizen_);
  EXPECT_EQ(caller.value().session, session.id);
  EXPECT_EQ(caller.value().proved_at, moment_of(noon));
  EXPECT_FALSE(caller.value().is_resting);
}

TEST_F(SessionsTest, AnotherTokenIsNobodys) {
  const auto session = open();
  auto token = session.token;
  token.mutable_view()[31] ^= 1U;
  const auto found = portal_->sessions.find(token.view());
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().code, Errc::bad_signature);
}

TEST_F(SessionsTest, WhoWritesRowsMovesNoSessionToAnotherAccount) {
  const auto session = open();
  const AccountId other{crypto::random_bytes<16>()};
  ASSERT_TRUE(portal_->world.database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE session SET account_id = $1"}, {other.bytes()}));
                    return ok();
                  })
                  .has_value());
  const auto found = find(session);
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().code, Errc::corrupt);
}

TEST_F(SessionsTest, TheDatabaseHoldsNoToken) {
  const auto session = open();
  std::size_t rows = 0;
  ASSERT_TRUE(portal_->world.database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"SELECT token_index, session_id, account_id, sealed FROM session"},
                                         {}, [&](const store::Row& row) {
                                           ++rows;
                                           for (int i = 0; i < 4; ++i) {
                                             EXPECT_EQ(as_text(row.bytes(i)).find(as_text(session.token.view())),
                                                       std::string_view::npos);
                                           }
                                         }));
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(rows, 1U);
}

TEST_F(SessionsTest, WithoutUseACitizensSessionRestsAndAnOfficersIsOver) {
  const auto citizen = open();
  const auto officer = open(Role::officer);
  const auto venue = open(Role::venue);
  portal_->world.clock.advance(seconds{899});
  EXPECT_FALSE(find(officer).has_error());  // that was a use, once a minute it is noted
  portal_->world.clock.advance(seconds{900});
  expect_signed_out(officer);
  portal_->world.clock.advance(seconds{1});
  expect_signed_out(venue);
  const auto resting = find(citizen);
  ASSERT_FALSE(resting.has_error());
  EXPECT_TRUE(resting.value().is_resting);
}

TEST_F(SessionsTest, AfterTwelveHoursACitizensSessionRestsHoweverMuchItIsUsed) {
  const auto session = open();
  for (int i = 0; i < 47; ++i) {
    portal_->world.clock.advance(seconds{900});
    const auto caller = find(session);
    ASSERT_FALSE(caller.has_error());
    ASSERT_FALSE(caller.value().is_resting) << i;
  }
  portal_->world.clock.advance(seconds{900});
  const auto caller = find(session);
  ASSERT_FALSE(caller.has_error());
  EXPECT_TRUE(caller.value().is_resting);
}

TEST_P(SessionsOnBothTest, AfterThirtyDaysNothingIsLeft) {
  const auto session = open();
  portal_->world.clock.advance(longest_rest - seconds{1});
  EXPECT_FALSE(find(session).has_error());
  portal_->world.clock.advance(seconds{1});
  expect_signed_out(session);
  ASSERT_FALSE(portal_->sessions.forget_old().has_error());
  portal_->world.clock.set(moment_of(noon));
  expect_signed_out(session);
}

TEST_F(SessionsTest, OneIsEndedByItsOwnAccountOnly) {
  const auto first = open();
  const auto second = open();
  EXPECT_EQ(portal_->sessions.end(AccountId{crypto::random_bytes<16>()}, first.id).value(), 0U);
  EXPECT_FALSE(find(first).has_error());
  EXPECT_EQ(portal_->sessions.end(account_, first.id).value(), 1U);
  expect_signed_out(first);
  EXPECT_FALSE(find(second).has_error());
}

TEST_P(SessionsOnBothTest, AllOfAnAccountAreEndedAtOnceAndNobodyElses) {
  const auto first = open();
  const auto second = open();
  account_ = AccountId{crypto::random_bytes<16>()};
  const auto others = open();
  EXPECT_EQ(portal_->sessions.end_all(find(first).value().account).value(), 2U);
  expect_signed_out(first);
  expect_signed_out(second);
  EXPECT_FALSE(find(others).has_error());
}

TEST_P(SessionsOnBothTest, TheOneUnusedForLongestMakesPlaceForOneMore) {
  std::vector<OpenedSession> sessions;
  for (std::size_t i = 0; i <= most_sessions; ++i) {
    portal_->world.clock.advance(seconds{1});
    sessions.push_back(open());
  }
  expect_signed_out(sessions[0]);
  EXPECT_FALSE(find(sessions[1]).has_error());
  EXPECT_EQ(portal_->sessions.list(account_).value().size(), most_sessions);
}

TEST_F(SessionsTest, TheListNamesDevicesInWholeCharactersWithoutControls) {
  std::string name(longest_device_name - 1, 'a');
  name[3] = '\n';
  static_cast<void>(open(Role::citizen, name + "éé"));
  static_cast<void>(open(Role::citizen, "\xff"));
  const auto list = portal_->sessions.list(account_).value();
  ASSERT_EQ(list.size(), 2U);
  std::string kept = name;
  kept[3] = ' ';
  const auto& named = list[0].device.empty() ? list[1] : list[0];
  EXPECT_EQ(named.device, kept + "é");
  EXPECT_EQ((list[0].device.empty() ? list[0] : list[1]).device, "");
}

INSTANTIATE_TEST_SUITE_P(Engines, SessionsOnBothTest,
                         ::testing::Values(store::Engine::sqlite, store::Engine::postgresql), [](const auto& each) {
                           return each.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::people
