// EARS and CUSUM against published worked examples and against values computed by hand of the published formulas.
#include "domain/aberration.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lindung::domain {
namespace {

// Source: Montgomery, Introduction to Statistical Quality Control, table 9.1 (the data) and 9.2 (the sums): mean 10,
// K = 0.5, H = 5; the upper sum first exceeds H at sample 29, where it is 5.28.
constexpr std::array montgomery{9.45,  7.99,  9.29,  11.66, 12.16, 10.18, 8.04,  11.46, 9.20,  10.34,
                                9.03,  11.47, 10.51, 9.40,  10.08, 9.37,  10.62, 10.31, 8.52,  10.84,
                                10.90, 9.33,  12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52};

TEST(CusumTest, ThePublishedTableSignalsAtSample29AndNotBefore) {
  const auto days = cusum(montgomery, {.target = 10, .slack = 0.5, .threshold = 5});
  ASSERT_EQ(days.size(), 30U);
  for (std::size_t i = 0; i < 28; ++i) EXPECT_FALSE(days[i].is_alarm) << i + 1;
  EXPECT_TRUE(days[28].is_alarm);
  // Table 9.2, columns C+ and C-.
  EXPECT_NEAR(days[0].lower, 0.05, 1e-9);
  EXPECT_NEAR(days[1].lower, 1.56, 1e-9);
  EXPECT_NEAR(days[4].upper, 2.82, 1e-9);
  EXPECT_NEAR(days[27].upper, 4.47, 1e-9);
  EXPECT_NEAR(days[28].upper, 5.28, 1e-9);
  EXPECT_NEAR(days[29].upper, 5.30, 1e-9);
}

// Hutwagner et al. 2003 and Fricker et al. 2008 give the formulas; computed of them by another program (Python's
// statistics module: mean and stdev of the seven days, C2 with a gap of two days, C3 of three C2):
//   counts 4 6 5 3 7 5 4 6 5 4 12 14 9
constexpr std::array<std::uint64_t, 13> counts{4, 6, 5, 3, 7, 5, 4, 6, 5, 4, 12, 14, 9};

TEST(EarsTest, TheThreeValuesAreThoseOfTheFormulas) {
  const auto days = ears(counts);
  ASSERT_EQ(days.size(), counts.size());
  EXPECT_FALSE(days[6].c1.has_value()) << "seven days are needed before it";
  EXPECT_FALSE(days[8].c2.has_value()) << "nine";
  EXPECT_FALSE(days[10].c3.has_value()) << "eleven";
  ASSERT_TRUE(days[10].c1 && days[11].c2 && days[12].c3);
  EXPECT_NEAR(*days[7].c1, 0.849590790486, 1e-9);
  EXPECT_NEAR(*days[10].c1, 5.30994244054, 1e-9);
  EXPECT_NEAR(*days[10].c2, 5.09754474291, 1e-9);
  EXPECT_NEAR(*days[11].c1, 2.81159247844, 1e-9) << "yesterday's rise hides today's in its baseline";
  EXPECT_NEAR(*days[11].c2, 6.97137002317, 1e-9);
  EXPECT_NEAR(*days[11].c3, 10.0689147661, 1e-9);
  EXPECT_NEAR(*days[12].c3, 12.1486813816, 1e-9);
  EXPECT_TRUE(days[10].is_c1_alarm() && days[10].is_c2_alarm());
  EXPECT_TRUE(days[11].is_c2_alarm() && days[11].is_c3_alarm());
  EXPECT_FALSE(days[9].is_c1_alarm());
}

TEST(EarsTest, AWeekOfEqualCountsIsNoReasonForAnAlarmOfOneMore) {
  const std::array<std::uint64_t, 10> flat{2, 2, 2, 2, 2, 2, 2, 2, 2, 3};
  const auto days = ears(flat);
  EXPECT_NEAR(*days[9].c1, 1 / least_deviation, 1e-9);
  EXPECT_FALSE(days[9].is_c1_alarm());
}

TEST(CusumTest, CountsAreHeldAgainstTheirOwnFirstDaysAndFewerOnesAlarmNobody) {
  std::vector<std::uint64_t> series{5, 4, 6, 5, 5, 4, 6, 5, 4, 6, 5, 5, 4, 6};
  EXPECT_TRUE(count_cusum(series).empty());
  for (int i = 0; i < 5; ++i) series.push_back(0);
  for (const auto& day : count_cusum(series)) EXPECT_FALSE(day.is_alarm);
  series.resize(14);
  for (int i = 0; i < 5; ++i) series.push_back(7);
  const auto days = count_cusum(series);
  ASSERT_EQ(days.size(), 5U);
  // (7 - 5) / s with s = sqrt(8 / 13) is 2.5495, less k = 0.5, over h = 4 on the second day.
  EXPECT_NEAR(days[0].upper, 2 / std::sqrt(8.0 / 13) - 0.5, 1e-9);
  EXPECT_FALSE(days[0].is_alarm);
  EXPECT_TRUE(days[1].is_alarm);
}

}  // namespace
}  // namespace lindung::domain
