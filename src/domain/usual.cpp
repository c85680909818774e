#include "domain/usual.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lindung::domain {

namespace {

constexpr double mad_to_deviation = 1.4826;  // of a normal distribution
constexpr double least_part_of_median = 0.15;

double mad_of(const std::vector<double>& values, double median) {
  std::vector<double> apart;
  apart.reserve(values.size());
  for (const auto value : values) apart.push_back(std::abs(value - median));
  return median_of(std::move(apart));
}

}  // namespace

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Usual usual_of(std::span<const std::uint64_t> past) {
  std::vector<double> values;
  values.reserve(past.size());
  for (const auto count : past) values.push_back(static_cast<double>(count));
  const auto median = median_of(values);
  const auto scale = std::max(
      {mad_to_deviation * mad_of(values, median), std::sqrt(std::max(median, 1.0)), least_part_of_median * median});
  return {.median = median, .scale = scale, .past = past.size()};
}

bool is_unusual(const Usual& usual, std::uint64_t count, const UsualLimits& limits) {
  if (usual.past < limits.least_past) return false;
  const auto excess = static_cast<double>(count) - usual.median;
  return excess >= static_cast<double>(limits.least_excess) && excess > limits.deviations * usual.scale;
}

UsualShare usual_share_of(std::span<const Share> past, const ShareLimits& limits) {
  std::vector<double> shares;
  for (const auto& each : past) {
    if (each.whole >= limits.least_whole) {
      shares.push_back(static_cast<double>(each.part) / static_cast<double>(each.whole));
    }
  }
  const auto median = median_of(shares);
  return {.median = median, .scatter = mad_to_deviation * mad_of(shares, median), .past = shares.size()};
}

bool is_unusual(const UsualShare& usual, const Share& now, const ShareLimits& limits) {
  if (usual.past < limits.least_past || now.whole < limits.least_whole) return false;
  const auto whole = static_cast<double>(now.whole);
  const auto expected = usual.median * whole;
  const auto excess = static_cast<double>(now.part) - expected;
  if (excess < static_cast<double>(limits.least_excess)) return false;
  const auto chance = std::sqrt(usual.median * (1 - usual.median) / whole);
  const auto scale = std::hypot(std::max(usual.scatter, limits.floor), chance);
  return excess / whole > limits.deviations * scale;
}

}  // namespace lindung::domain
