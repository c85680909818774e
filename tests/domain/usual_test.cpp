// What is usual: the median and its deviation, whatever a few bad days say.
#include "domain/usual.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace lindung::domain {
namespace {

using Counts = std::vector<std::uint64_t>;

TEST(Usual, TheMedianIsTheMiddleOrTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(median_of({}), 0);
  EXPECT_EQ(median_of({7}), 7);
  EXPECT_EQ(median_of({9, 1, 5}), 5);
  EXPECT_EQ(median_of({9, 1, 5, 7}), 6);
}

TEST(Usual, TheDeviationIsThatOfTheMedianAndAtLeastPoissons) {
  const auto wide = usual_of(Counts{100, 200, 300, 400, 500, 600, 700});
  EXPECT_EQ(wide.median, 400);
  EXPECT_DOUBLE_EQ(wide.scale, 1.4826 * 200);
  const auto narrow = usual_of(Counts{16, 16, 16, 16, 16, 16, 16});
  EXPECT_DOUBLE_EQ(narrow.scale, 4);
  const auto large = usual_of(Counts(7, 10'000));
  EXPECT_DOUBLE_EQ(large.scale, 1'500);
}

TEST(Usual, OnTooShortAPastNothingIsUnusual) {
  EXPECT_FALSE(is_unusual(usual_of(Counts(6, 10)), 1'000'000));
  EXPECT_TRUE(is_unusual(usual_of(Counts(7, 10)), 1'000'000));
}

TEST(Usual, AFewAttackedDaysOfThePastDoNotHideTheNext) {
  Counts past(20, 100);
  for (int i = 0; i < 8; ++i) past[static_cast<std::size_t>(i)] = 5'000;
  EXPECT_TRUE(is_unusual(usual_of(past), 5'000));
  EXPECT_FALSE(is_unusual(usual_of(past), 150));
}

TEST(Usual, AFewMoreThanNoneAreNothing) {
  const Counts quiet(20, 0);
  EXPECT_FALSE(is_unusual(usual_of(quiet), 19));
  EXPECT_TRUE(is_unusual(usual_of(quiet), 20));
}

TEST(Usual, AShareIsJudgedByItsOwnScatterAndByChance) {
  const std::vector<Share> past(20, {.part = 20, .whole = 1'000});
  const auto usual = usual_share_of(past);
  EXPECT_DOUBLE_EQ(usual.median, 0.02);
  EXPECT_FALSE(is_unusual(usual, {.part = 120, .whole = 1'000}));
  EXPECT_TRUE(is_unusual(usual, {.part = 200, .whole = 1'000}));
  EXPECT_FALSE(is_unusual(usual, {.part = 49, .whole = 49})) << "too few to say";
}

TEST(Usual, HoursOfFewQuestionsAreNoPastOfAShare) {
  std::vector<Share> past(20, {.part = 10, .whole = 10});
  EXPECT_EQ(usual_share_of(past).past, 0U);
  EXPECT_FALSE(is_unusual(usual_share_of(past), {.part = 1'000, .whole = 1'000}));
}

}  // namespace
}  // namespace lindung::domain
