// Counts of moves: what is hidden, and that it cannot be computed from what is shown.
#include "domain/rule_impact.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/import.h"

namespace lindung::domain {
namespace {

TEST(RuleImpact, AMoveHasOnePlace) {
  for (std::size_t i = 0; i < all_moves; ++i) EXPECT_EQ(place_of(move_at(i)), i);
  EXPECT_EQ(place_of({.from = Colour::none, .to = Colour::green}), std::nullopt);
}

TEST(RuleImpact, ASmallCountIsHiddenAndWithItTheNextLargerOne) {
  const auto shown = hide_total({500, 3, 40, 0, 12});
  EXPECT_EQ(shown[0], 500U);
  EXPECT_EQ(shown[1], std::nullopt);
  EXPECT_EQ(shown[2], 40U);
  EXPECT_EQ(shown[3], 0U);
  EXPECT_EQ(shown[4], std::nullopt) << "it alone would tell the other by subtraction";
}

TEST(RuleImpact, WhereNothingElseIsLeftTheZerosAreHiddenToo) {
  for (const auto& count : hide_total({0, 3, 0})) EXPECT_EQ(count, std::nullopt);
  EXPECT_EQ(hide_total({0, 0})[0], 0U);
}

// What somebody can compute who knows every sum: along each line with one unknown, that unknown.
bool can_compute(const ShownTable& table) {
  for (const auto& row : table.groups) {
    std::size_t hidden = 0;
    for (const auto& count : row) hidden += count ? 0 : 1;
    if (hidden == 1) return true;
  }
  for (std::size_t move = 0; move < all_moves; ++move) {
    std::size_t hidden = table.total[move] ? 0 : 1;
    for (const auto& row : table.groups) hidden += row[move] ? 0 : 1;
    if (hidden == 1) return true;
  }
  return false;
}

TEST(RuleImpact, NoHiddenCountFollowsFromALineOfRandomTables) {
  std::mt19937_64 engine{10};
  const auto below = [&](std::uint64_t limit) {
    return std::uniform_int_distribution<std::uint64_t>{0, limit - 1}(engine);
  };
  std::size_t hidden = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<MoveCounts> groups(1 + below(6));
    MoveCounts total{};
    for (auto& group : groups) {
      for (std::size_t i = 0; i < all_moves; ++i) {
        group[i] = below(3) != 0 ? 0 : below(2) == 0 ? below(12) : below(1000);
        total[i] += group[i];
      }
    }
    const auto table = hide_small(hide_total(total), groups);
    ASSERT_FALSE(can_compute(table));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      for (std::size_t move = 0; move < all_moves; ++move) {
        const auto shown = table.groups[i][move];
        const bool is_small = groups[i][move] > 0 && groups[i][move] < least_shown;
        ASSERT_FALSE(shown && is_small);
        ASSERT_TRUE(!shown || *shown == groups[i][move]);
        hidden += shown ? 0 : 1;
      }
    }
  }
  EXPECT_GT(hidden, 2000U);
}

TEST(RuleImpact, AgesAreFullYearsOfTheDay) {
  const auto now = parse_rfc3339("2026-11-22T00:00:00Z").value();
  EXPECT_EQ(age_band(std::nullopt, now), 7U);
  EXPECT_EQ(age_band(PartialDate{.year = 2021, .month = 11, .day = 22}, now), 0U) << "5 today";
  EXPECT_EQ(age_band(PartialDate{.year = 2020, .month = 11, .day = 22}, now), 1U) << "6 today";
  EXPECT_EQ(age_band(PartialDate{.year = 2020, .month = 11, .day = 23}, now), 0U) << "6 tomorrow";
  EXPECT_EQ(age_band(PartialDate{.year = 2008}, now), 2U) << "17 until the year's last day";
  EXPECT_EQ(age_band(PartialDate{.year = 1966, .month = 11}, now), 5U);
  EXPECT_EQ(age_band(PartialDate{.year = 1966, .month = 10}, now), 6U);
}

}  // namespace
}  // namespace lindung::domain
