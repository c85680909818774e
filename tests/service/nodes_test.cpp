// Two nodes on one database: what a cut waits for before it is effective.
#include "service/nodes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/partner.h"
#include "gateway/release.h"
#include "service/directory.h"
#include "service/follower.h"
#include "service/in_flight.h"
#include "service/partners.h"
#include "service/platform.h"
#include "service/venue_register.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr std::chrono::seconds kept{4};
constexpr std::chrono::seconds believed{5};

class NodesTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  // A further node: what it has for itself, on the database of the world.
  struct Other {
    Other(test::World& world, Nodes::Times times)
        : nodes{*world.database, world.clock, in_flight, times},
          platform{.database = *world.database,
                   .ring = *world.ring,
                   .clock = world.clock,
                   .directory = directory,
                   .venues = venues,
                   .in_flight = in_flight,
                   .canaries = world.canaries,
                   .nodes = &nodes} {}
    InFlight in_flight;
    CurrentDirectory directory;
    VenueRegister venues;
    Nodes nodes;
    Platform platform;
  };

  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(noon), GetParam());
    partner_ = world_->add_partner("gojek").partner;
    here_ = std::make_unique<Other>(*world_, times_);
    there_ = std::make_unique<Other>(*world_, times_);
  }
  void both_join() {
    ASSERT_TRUE(here_->nodes.renew().has_value());
    ASSERT_TRUE(there_->nodes.renew().has_value());
    ASSERT_TRUE(here_->nodes.renew().has_value());
    ASSERT_EQ(here_->nodes.count(), 2U);
  }
  [[nodiscard]] CutReport cut() { return cut_partner(here_->platform, partner_).value(); }
  [[nodiscard]] std::chrono::nanoseconds now() const { return world_->clock.since_boot(); }

  Nodes::Times times_{.kept = kept, .believed = believed, .patience = std::chrono::milliseconds{20}};
  std::unique_ptr<test::World> world_;
  PartnerId partner_;
  std::unique_ptr<Other> here_;
  std::unique_ptr<Other> there_;
};

TEST_P(NodesTest, NothingLeavesANodeBeforeTheOthersCanSeeIt) {
  EXPECT_FALSE(here_->in_flight.enter(partner_).may_leave(now()));
  EXPECT_FALSE(here_->nodes.holds_lease());
  ASSERT_TRUE(here_->nodes.renew().has_value());
  EXPECT_TRUE(here_->in_flight.enter(partner_).may_leave(now()));
  EXPECT_TRUE(here_->nodes.holds_lease());
}

TEST_P(NodesTest, ANodeThatDoesNotRenewLetsNothingOut) {
  both_join();
  const auto ticket = there_->in_flight.enter(partner_);
  gateway::AnswerRelease release{ticket, world_->clock};
  EXPECT_TRUE(release.may_leave());
  world_->clock.advance(kept);
  EXPECT_FALSE(there_->nodes.holds_lease());
  EXPECT_FALSE(ticket.may_leave(now()));
  EXPECT_FALSE(release.may_leave());
}

TEST_P(NodesTest, ARenewalThatComesBeforeAnybodyGaveTheNodeUpGoesOnWithTheLease) {
  both_join();
  const auto ticket = there_->in_flight.enter(partner_);
  world_->clock.advance(kept);
  ASSERT_TRUE(there_->nodes.renew().has_value());
  EXPECT_TRUE(ticket.may_leave(now()));
  ASSERT_FALSE(cut().until_effective.has_value()) << "its row was there all the while, so the cut waits for it";
}

TEST_P(NodesTest, ANodeThatWasGivenUpComesBackWithAnotherLease) {
  both_join();
  const auto ticket = there_->in_flight.enter(partner_);
  world_->clock.advance(believed);
  ASSERT_TRUE(here_->nodes.renew().has_value());
  EXPECT_TRUE(cut().until_effective.has_value()) << "nothing leaves a node that was given up";
  ASSERT_TRUE(there_->nodes.renew().has_value());
  EXPECT_TRUE(there_->nodes.holds_lease());
  EXPECT_FALSE(ticket.may_leave(now()));
}

TEST_P(NodesTest, ANodeIsNotGivenUpBeforeItsOwnClockHasEndedItsLease) {
  both_join();
  const auto ticket = there_->in_flight.enter(partner_);
  world_->clock.advance(kept - std::chrono::seconds{1});
  ASSERT_TRUE(here_->nodes.renew().has_value());
  ASSERT_TRUE(here_->nodes.renew().has_value());
  EXPECT_TRUE(ticket.may_leave(now()));
  EXPECT_FALSE(cut().until_effective.has_value());
}

TEST_P(NodesTest, ACutIsEffectiveWhenTheOtherNodeHasDrainedAndNotBefore) {
  both_join();
  std::optional ticket{there_->in_flight.enter(partner_)};
  const auto report = cut();
  EXPECT_FALSE(report.until_effective.has_value());
  ASSERT_TRUE(there_->nodes.drain_for_cuts(there_->platform).has_value());
  EXPECT_EQ(there_->directory.get()->find_partner(partner_)->state, domain::PartnerState::cut);
  EXPECT_FALSE(here_->nodes.wait_for_others(report.log_index));
  ticket.reset();
  ASSERT_TRUE(there_->nodes.drain_for_cuts(there_->platform).has_value());
  EXPECT_TRUE(here_->nodes.wait_for_others(report.log_index));
}

TEST_P(NodesTest, ANodeThatJoinsBehindACutIsNotWaitedFor) {
  ASSERT_TRUE(here_->nodes.renew().has_value());
  const auto report = cut();
  EXPECT_TRUE(report.until_effective.has_value());
  ASSERT_TRUE(there_->nodes.renew().has_value());
  EXPECT_TRUE(here_->nodes.wait_for_others(report.log_index));
}

TEST_P(NodesTest, ANodeThatLeavesIsNotWaitedFor) {
  both_join();
  there_->nodes.leave();
  EXPECT_FALSE(there_->nodes.holds_lease());
  EXPECT_TRUE(cut().until_effective.has_value());
}

TEST_P(NodesTest, OneOfThemIsTheFirstAndWhenItIsGoneTheNextOneIs) {
  ASSERT_TRUE(here_->nodes.renew().has_value());
  world_->clock.advance(std::chrono::seconds{1});
  ASSERT_TRUE(there_->nodes.renew().has_value());
  EXPECT_TRUE(here_->nodes.is_first());
  EXPECT_FALSE(there_->nodes.is_first());
  here_->nodes.leave();
  ASSERT_TRUE(there_->nodes.renew().has_value());
  EXPECT_TRUE(there_->nodes.is_first());
  EXPECT_TRUE(there_->nodes.is_alone());
}

TEST_P(NodesTest, WhatOneNodeChangedTheOtherTakesOver) {
  Follower follower{there_->platform};
  ASSERT_TRUE(follower.look().has_value());
  const auto code = world_->add_venue(domain::Category::office, 0);
  static_cast<void>(world_->add_partner("grab"));
  EXPECT_EQ(there_->directory.get()->find_partner(PartnerId{"grab"}), nullptr);
  EXPECT_EQ(there_->venues.check(code, world_->clock.now()), nullptr);
  ASSERT_TRUE(follower.look().has_value());
  EXPECT_NE(there_->directory.get()->find_partner(PartnerId{"grab"}), nullptr);
  EXPECT_NE(there_->venues.check(code, world_->clock.now()), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Engines, NodesTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::service
