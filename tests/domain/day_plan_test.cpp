#include "domain/day_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "domain/category.h"
#include "domain/day_shape.h"
#include "domain/popularity.h"
#include "domain/question.h"

namespace lindung::domain {
namespace {

constexpr std::uint64_t nation = 8'000'000;

std::uint64_t in_hour(const DayShape& day, std::uint32_t hour) {
  return day.before((hour + 1) * 3600) - day.before(hour * 3600);
}

TEST(DayShape, AddsUpToItsCheckInsAtEveryScale) {
  for (const std::uint64_t check_ins : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{799}, nation / 100, nation}) {
    const DayShape day{check_ins};
    std::uint64_t sum = 0;
    for (std::uint32_t hour = 0; hour < 24; ++hour) sum += in_hour(day, hour);
    EXPECT_EQ(sum, check_ins);
    EXPECT_EQ(day.before(0), 0);
    EXPECT_EQ(day.before(seconds_a_day), check_ins);
  }
}

TEST(DayShape, NobodyUndoesACheckIn) {
  const DayShape day{nation};
  for (std::uint32_t second = 0; second < seconds_a_day; ++second) {
    ASSERT_LE(day.before(second), day.before(second + 1)) << second;
  }
}

TEST(DayShape, PeaksAtLunchAndHigherInTheEvening) {
  const DayShape day{nation};
  const auto lunch = in_hour(day, 12);
  const auto evening = in_hour(day, 18);
  for (const std::uint32_t hour : {9U, 10U, 14U, 15U, 16U})
    EXPECT_LT(in_hour(day, hour), lunch / 2 + lunch / 4) << hour;
  for (std::uint32_t hour = 0; hour < 24; ++hour) {
    if (hour != 18) {
      EXPECT_LT(in_hour(day, hour), evening) << hour;
    }
  }
  EXPECT_LT(lunch, evening);
  EXPECT_GT(evening, 2 * nation / 24);
  for (const std::uint32_t hour : {0U, 1U, 2U, 3U, 4U}) EXPECT_LT(in_hour(day, hour), nation / 24 / 5) << hour;
}

TEST(Popularity, PicksTheFirstRanksMostAndNeverOneThatIsNotThere) {
  const Popularity few{50, 1.0};
  std::vector<std::uint64_t> picked(50);
  constexpr std::uint64_t draws = 100'000;
  for (std::uint64_t i = 0; i < draws; ++i) ++picked.at(few.rank(i * (UINT64_MAX / draws)));
  // 1 / (1 + 1/2 + … + 1/50) of all, half of it, a fiftieth of it.
  EXPECT_NEAR(static_cast<double>(picked.front()), draws / 4.4992, 5);
  EXPECT_NEAR(static_cast<double>(picked.at(1)), draws / 4.4992 / 2, 5);
  EXPECT_NEAR(static_cast<double>(picked.back()), draws / 4.4992 / 50, 5);
  EXPECT_EQ(few.rank(0), 0);
  EXPECT_EQ(few.rank(UINT64_MAX), 49);
}

TEST(DayPlan, EverybodyWhoGoesInGoesOutAgainAndIsNowhereElseMeanwhile) {
  constexpr DayPlan::Size size{.check_ins = 20'000, .people = 9'000, .venues = 300, .seed = 7};
  DayPlan plan{size};
  std::map<std::uint32_t, DayEvent> inside;
  std::map<Operation, std::uint64_t> count;
  std::uint32_t now = 0;
  while (const auto event = plan.next()) {
    ASSERT_LE(now, event->second);
    now = event->second;
    ++count[event->operation];
    ASSERT_LT(event->person, size.people);
    ASSERT_LT(event->venue, size.venues);
    if (event->operation == Operation::check_in) {
      ASSERT_TRUE(inside.emplace(event->person, *event).second) << "is inside already";
    } else if (event->operation == Operation::check_out) {
      const auto entered = inside.find(event->person);
      ASSERT_NE(entered, inside.end());
      ASSERT_EQ(entered->second.venue, event->venue);
      ASSERT_LE(event->second, entered->second.second + DayPlan::longest_minutes * 60);
      inside.erase(entered);
    }
  }
  EXPECT_LT(now, seconds_a_day);
  EXPECT_TRUE(inside.empty());
  EXPECT_EQ(count[Operation::check_in], size.check_ins);
  EXPECT_EQ(count[Operation::check_out], size.check_ins);
  EXPECT_EQ(count[Operation::status], size.check_ins / 2);
}

TEST(DayPlan, FollowsTheShapeOfTheDay) {
  constexpr DayPlan::Size size{.check_ins = 5'000, .people = 3'000, .venues = 20, .seed = 1};
  const DayShape shape{size.check_ins};
  DayPlan plan{size};
  std::vector<std::uint64_t> entered(24);
  while (const auto event = plan.next()) {
    if (event->operation == Operation::check_in) ++entered.at(event->second / 3600);
  }
  for (std::uint32_t hour = 0; hour < 24; ++hour) EXPECT_EQ(entered.at(hour), in_hour(shape, hour)) << hour;
}

TEST(DayPlan, ADayWithTooFewPeopleHasAllItsCheckInsAllTheSame) {
  DayPlan plan{{.check_ins = 500, .people = 1, .venues = 1, .seed = 1}};
  std::size_t check_ins = 0;
  std::size_t check_outs = 0;
  while (const auto event = plan.next()) {
    check_ins += event->operation == Operation::check_in ? 1 : 0;
    check_outs += event->operation == Operation::check_out ? 1 : 0;
    ASSERT_LE(check_ins - check_outs, 1);
  }
  EXPECT_EQ(check_ins, 500);
  EXPECT_EQ(check_outs, 500);
}

TEST(DayPlan, NoStayIsSoLongThatItIsEndedForThem) {
  // What a replay may add by gathering: an hour at each end.
  const auto longest = std::chrono::minutes{DayPlan::longest_minutes} + std::chrono::hours{2};
  std::set<Category> seen;
  for (std::uint32_t venue = 0; venue < 100; ++venue) seen.insert(DayPlan::category_of(venue));
  EXPECT_GT(seen.size(), 5);
  for (const auto category : seen) EXPECT_LT(longest, longest_stay(category)) << name_of(category);
}

}  // namespace
}  // namespace lindung::domain
