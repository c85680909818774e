// Published figures: the noise is what it says it is, judged as Google's differential-privacy library judges its own
// mechanisms (a stochastic tester over neighbouring counts), and small cells stay hidden.
#include "domain/figures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "domain/discrete_laplace.h"

namespace lindung::domain {
namespace {

constexpr std::size_t samples = 150'000;
constexpr double confidence = 5;  // standard errors of a logarithm of a ratio
constexpr double enough = 200;    // samples in a bucket before it is judged
constexpr std::uint64_t epsilon_milli = 1'000;

RandomBits fixed_bits(std::uint64_t seed) {
  return [engine = std::mt19937_64{seed}]() mutable { return engine(); };  // NOLINT: the same samples each time
}

using Mechanism = std::int64_t (*)(std::int64_t count, const RandomBits&);

std::map<std::int64_t, std::uint64_t> histogram(Mechanism mechanism, std::int64_t count, std::uint64_t seed) {
  const auto random = fixed_bits(seed);
  std::map<std::int64_t, std::uint64_t> out;
  for (std::size_t i = 0; i < samples; ++i) ++out[mechanism(count, random)];
  return out;
}

// One that was never seen: at most that.
double times_of(const std::map<std::int64_t, std::uint64_t>& drawn, std::int64_t value) {
  const auto found = drawn.find(value);
  return found == drawn.end() ? 1 : static_cast<double>(found->second);
}

// Whether some output is more probable by one count than by its neighbour than e^epsilon allows, beyond chance.
bool is_caught(Mechanism mechanism, double epsilon) {
  const auto first = histogram(mechanism, 10, 1);
  const auto second = histogram(mechanism, 11, 2);
  std::set<std::int64_t> values;
  for (const auto& [value, times] : first) values.insert(value);
  for (const auto& [value, times] : second) values.insert(value);
  std::size_t judged = 0;
  bool caught = false;
  for (const auto value : values) {
    const auto times = times_of(first, value);
    const auto others = times_of(second, value);
    if (times < enough && others < enough) continue;
    ++judged;
    const auto ratio = std::abs(std::log(times / others));
    caught = caught || ratio > epsilon + confidence * std::sqrt(1 / times + 1 / others);
  }
  EXPECT_GT(judged, 5U);
  return caught;
}

std::int64_t right(std::int64_t count, const RandomBits& random) {
  return count + discrete_laplace(epsilon_milli, 1'000, random);
}
std::int64_t half_the_noise(std::int64_t count, const RandomBits& random) {
  return count + discrete_laplace(2 * epsilon_milli, 1'000, random);
}
std::int64_t cut_off(std::int64_t count, const RandomBits& random) {
  const auto noise = discrete_laplace(epsilon_milli, 1'000, random);
  return count + (noise > 2 ? 2 : noise);  // bounded noise: a value beyond the bound gives the count away
}

TEST(FiguresTest, NeighbouringCountsCannotBeToldApartBetterThanEpsilonSays) { EXPECT_FALSE(is_caught(right, 1)); }

TEST(FiguresTest, TheTesterCatchesTooLittleNoiseAndNoiseThatIsCutOff) {
  EXPECT_TRUE(is_caught(half_the_noise, 1));
  EXPECT_TRUE(is_caught(cut_off, 1));
}

TEST(FiguresTest, TheNoiseHasTheProbabilitiesOfTheDiscreteLaplaceDistribution) {
  const auto drawn = histogram(right, 0, 3);
  const double p = std::exp(-1.0);
  for (std::int64_t value = -3; value <= 3; ++value) {
    const auto expected = (1 - p) / (1 + p) * std::pow(p, std::abs(value));
    const auto error = std::sqrt(expected * (1 - expected) / static_cast<double>(samples));
    EXPECT_NEAR(static_cast<double>(drawn.at(value)) / static_cast<double>(samples), expected, confidence * error);
  }
}

using Cells = std::vector<std::optional<std::uint64_t>>;

TEST(FiguresTest, ASmallCellIsHiddenAndNoneIsAloneWithIt) {
  const auto row = hide_small(std::vector<std::uint64_t>{40, 3, 12, 90}, 147);
  EXPECT_EQ(row.cells, (Cells{40, std::nullopt, std::nullopt, 90}));
  EXPECT_EQ(row.total, 147U);
  EXPECT_EQ(hide_small(std::vector<std::uint64_t>{40, 5}, 44).cells, (Cells{40, 5}));
}

TEST(FiguresTest, HiddenCellsThatAreNothingTogetherTakeOneMoreWithThem) {
  const auto row = hide_small(std::vector<std::uint64_t>{0, 0, 12, 90}, 103);
  EXPECT_EQ(row.cells, (Cells{std::nullopt, std::nullopt, std::nullopt, 90}));
  EXPECT_EQ(hide_small(std::vector<std::uint64_t>{0, 2}, 4).total, std::nullopt);
}

TEST(FiguresTest, EveryCellGetsNoiseOfItsOwnAndTheTotalToo) {
  const std::vector<std::uint64_t> many(266, 1'000);
  const auto random = fixed_bits(4);
  const auto first = publishable(many, 500, random);
  const auto second = publishable(many, 500, random);
  ASSERT_EQ(first.cells.size(), many.size());
  ASSERT_TRUE(first.total.has_value());
  std::uint64_t sum = 0;
  for (const auto& cell : first.cells) sum += cell.value_or(0);
  EXPECT_NE(first.cells, second.cells);
  EXPECT_NE(*first.total, sum) << "the total does not carry the noise of all cells";
  // Scale 8: beyond 400 once in 10^21.
  EXPECT_NEAR(static_cast<double>(*first.total), 266'000, 400);
}

}  // namespace
}  // namespace lindung::domain
