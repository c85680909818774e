// Who works for a venue, and how a venue comes to be in the portal.
#include "people/venue_members.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/category.h"
#include "domain/venue_code.h"
#include "people/caller.h"
#include "people/venue_applications.h"
#include "service/platform.h"
#include "service/venue_day.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::people {
namespace {

constexpr Moment noon{seconds{1'795'262'400}};  // 2026-11-21T12:00:00Z

class VenueMembersTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(noon, GetParam());
    venue_ = new_venue();
  }
  [[nodiscard]] VenueId new_venue() const {
    return domain::parse_venue_code(world_->add_venue(domain::Category::restaurant, 40)).value().venue;
  }
  [[nodiscard]] const service::Platform& platform() const { return *world_->platform; }
  [[nodiscard]] std::string code(VenueRole role, const std::string& label = {}) const {
    return make_venue_code(platform(), venue_, role, label).value().code;
  }
  void join(const AccountId& account, VenueRole role, const std::string& label = {}) const {
    ASSERT_TRUE(join_venue(platform(), account, code(role, label)).has_value());
  }

  AccountId rina_{crypto::random_bytes<16>()};
  AccountId tono_{crypto::random_bytes<16>()};
  VenueId venue_;
  std::unique_ptr<test::World> world_;
};

TEST_P(VenueMembersTest, ComeByACodeThatServesOnceForAsLongAsItSays) {
  const auto given = make_venue_code(platform(), venue_, VenueRole::owner, "Rina").value();
  EXPECT_EQ(given.expires_at, noon + owner_code_age);
  EXPECT_EQ(join_venue(platform(), rina_, "AAAA").error().code, Errc::denied);
  const auto place = join_venue(platform(), rina_, given.code).value();
  EXPECT_EQ(place.venue, venue_);
  EXPECT_EQ(place.role, VenueRole::owner);
  EXPECT_EQ(join_venue(platform(), tono_, given.code).error().code, Errc::denied) << "taken";
  const auto late = make_venue_code(platform(), venue_, VenueRole::staff, "").value();
  world_->clock.advance(staff_code_age);
  EXPECT_EQ(join_venue(platform(), tono_, late.code).error().code, Errc::denied) << "over";
  EXPECT_EQ(role_in(platform(), rina_, venue_).value(), VenueRole::owner);
  EXPECT_EQ(role_in(platform(), tono_, venue_).error().code, Errc::not_found);
  EXPECT_TRUE(service::read_venue_day(platform(), venue_).has_value()) << "its occupancy is written down from now on";
}

TEST_P(VenueMembersTest, AreNotMadeByWhoWritesRows) {
  join(rina_, VenueRole::staff);
  const auto invited = code(VenueRole::staff);
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE venue_member SET role = 1"}, {}));
                    TRYV(transaction.run(store::Sql{"UPDATE venue_code SET role = 1"}, {}));
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(role_in(platform(), rina_, venue_).error().code, Errc::corrupt);
  EXPECT_EQ(join_venue(platform(), tono_, invited).error().code, Errc::corrupt);
}

TEST_P(VenueMembersTest, AreMadeForVenuesThatAreThereOnly) {
  EXPECT_EQ(make_venue_code(platform(), VenueId{crypto::random_bytes<16>()}, VenueRole::owner, "").error().code,
            Errc::not_found);
  EXPECT_EQ(make_venue_code(platform(), venue_, VenueRole::owner, std::string(65, 'x')).error().code,
            Errc::invalid_argument);
}

TEST_P(VenueMembersTest, SeeTheirOwnVenuesOnly) {
  join(rina_, VenueRole::owner, "Rina");
  const auto other = new_venue();
  EXPECT_EQ(role_in(platform(), rina_, other).error().code, Errc::not_found);
  const auto places = venues_of(platform(), rina_).value();
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].venue, venue_);
  EXPECT_TRUE(venues_of(platform(), tono_).value().empty());
}

TEST_P(VenueMembersTest, AreListedWithTheirLabelAndCanBeTakenOffButForTheLastOwner) {
  join(rina_, VenueRole::owner, "Rina");
  join(tono_, VenueRole::staff, "Tono, pintu");
  join(tono_, VenueRole::staff, "another");  // a second code: the first label stays
  auto members = list_members(platform(), venue_).value();
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].label, "Rina");
  EXPECT_EQ(members[1].label, "Tono, pintu");
  EXPECT_EQ(members[1].role, VenueRole::staff);
  EXPECT_EQ(remove_member(platform(), venue_, rina_).error().code, Errc::conflict) << "the last owner";
  ASSERT_TRUE(remove_member(platform(), venue_, tono_).has_value());
  EXPECT_EQ(role_in(platform(), tono_, venue_).error().code, Errc::not_found);
  EXPECT_TRUE(venues_of(platform(), tono_).value().empty());
  EXPECT_EQ(remove_member(platform(), venue_, tono_).error().code, Errc::not_found);
  join(tono_, VenueRole::owner);
  EXPECT_TRUE(remove_member(platform(), venue_, rina_).has_value()) << "there is another owner";
}

TEST_P(VenueMembersTest, AnOwnerWhoTakesAStaffCodeStaysAnOwner) {
  join(rina_, VenueRole::owner);
  const auto place = join_venue(platform(), rina_, code(VenueRole::staff)).value();
  EXPECT_EQ(place.role, VenueRole::owner);
  EXPECT_EQ(role_in(platform(), rina_, venue_).value(), VenueRole::owner);
}

TEST_P(VenueMembersTest, ARegisteredVenueWaitsForAnOfficerAndIsItsOwnersThen) {
  const auto id =
      apply_for_venue(platform(), rina_, {.name = "Kedai Dua", .category = domain::Category::cinema, .capacity = 20})
          .value();
  EXPECT_TRUE(venues_of(platform(), rina_).value().empty());
  ASSERT_EQ(waiting_applications(platform()).value().size(), 1U);
  const auto venue = accept_application(platform(), id).value();
  EXPECT_EQ(role_in(platform(), rina_, venue).value(), VenueRole::owner);
  const auto known = world_->venues.find(venue);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->name, "Kedai Dua");
  EXPECT_EQ(known->capacity, 20U);
  EXPECT_TRUE(waiting_applications(platform()).value().empty());
  EXPECT_EQ(accept_application(platform(), id).error().code, Errc::conflict);
  EXPECT_EQ(decline_application(platform(), id).error().code, Errc::conflict);
  const auto mine = applications_of(platform(), rina_).value();
  ASSERT_EQ(mine.size(), 1U);
  EXPECT_EQ(mine[0].state, ApplicationState::accepted);
  EXPECT_TRUE(applications_of(platform(), tono_).value().empty());
}

TEST_P(VenueMembersTest, ADeclinedVenueIsNoneAndAnUnknownOneIsNotFound) {
  const auto id =
      apply_for_venue(platform(), rina_, {.name = "Kedai", .category = domain::Category::cinema, .capacity = 0})
          .value();
  ASSERT_TRUE(decline_application(platform(), id).has_value());
  EXPECT_EQ(accept_application(platform(), id).error().code, Errc::conflict);
  EXPECT_TRUE(venues_of(platform(), rina_).value().empty());
  const VenueApplicationId nobody{crypto::random_bytes<16>()};
  EXPECT_EQ(accept_application(platform(), nobody).error().code, Errc::not_found);
  EXPECT_EQ(decline_application(platform(), nobody).error().code, Errc::not_found);
}

TEST_P(VenueMembersTest, AWishHasANameOnOneLineAndOfOneAccountFiveWaitAtMost) {
  const auto apply = [&](const std::string& name, domain::Category category = domain::Category::mall) {
    return apply_for_venue(platform(), rina_, {.name = name, .category = category, .capacity = 1});
  };
  for (const auto& name : {std::string{}, std::string(201, 'x'), std::string{"a\nb"}}) {
    EXPECT_EQ(apply(name).error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(apply("Kedai", domain::Category::general).error().code, Errc::invalid_argument);
  std::vector<VenueApplicationId> ids;
  for (std::size_t i = 0; i < most_waiting_applications; ++i) ids.push_back(apply("Kedai").value());
  EXPECT_EQ(apply("Kedai").error().code, Errc::conflict);
  ASSERT_TRUE(decline_application(platform(), ids.front()).has_value());
  EXPECT_TRUE(apply("Kedai").has_value());
}

INSTANTIATE_TEST_SUITE_P(Engines, VenueMembersTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::people
