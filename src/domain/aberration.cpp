#include "domain/aberration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lindung::domain {

namespace {

constexpr std::size_t c3_days = 3;
constexpr double count_slack = 0.5;      // k
constexpr double count_threshold = 4.0;  // h

struct Moments {
  double mean{};
  double deviation{};
};

Moments moments_of(std::span<const std::uint64_t> counts) {
  double sum = 0;
  for (const auto count : counts) sum += static_cast<double>(count);
  const auto size = static_cast<double>(counts.size());
  const double mean = sum / size;
  double squares = 0;
  for (const auto count : counts) squares += (static_cast<double>(count) - mean) * (static_cast<double>(count) - mean);
  return {.mean = mean, .deviation = std::max(least_deviation, std::sqrt(squares / (size - 1)))};
}

std::optional<double> standardised(std::span<const std::uint64_t> counts, std::size_t day, std::size_t lag) {
  if (day < ears_baseline + lag) return std::nullopt;
  const auto [mean, deviation] = moments_of(counts.subspan(day - lag - ears_baseline, ears_baseline));
  return (static_cast<double>(counts[day]) - mean) / deviation;
}

}  // namespace

std::vector<EarsDay> ears(std::span<const std::uint64_t> counts) {
  std::vector<EarsDay> out(counts.size());
  for (std::size_t day = 0; day < counts.size(); ++day) {
    out[day].c1 = standardised(counts, day, 0);
    out[day].c2 = standardised(counts, day, c2_lag);
    if (day + 1 < c3_days || !out[day + 1 - c3_days].c2) continue;
    double sum = 0;
    for (std::size_t i = day + 1 - c3_days; i <= day; ++i) sum += std::max(0.0, *out[i].c2 - 1);
    out[day].c3 = sum;
  }
  return out;
}

std::vector<CusumDay> cusum(std::span<const double> values, const CusumTerms& terms) {
  std::vector<CusumDay> out;
  CusumDay day;
  for (const auto value : values) {
    day.upper = std::max(0.0, value - (terms.target + terms.slack) + day.upper);
    day.lower = std::max(0.0, (terms.target - terms.slack) - value + day.lower);
    day.is_alarm = day.upper > terms.threshold || day.lower > terms.threshold;
    out.push_back(day);
  }
  return out;
}

std::vector<CusumDay> count_cusum(std::span<const std::uint64_t> counts, std::size_t baseline) {
  if (counts.size() <= baseline || baseline < 2) return {};
  const auto [mean, deviation] = moments_of(counts.first(baseline));
  std::vector<double> values;
  for (const auto count : counts.subspan(baseline)) values.push_back((static_cast<double>(count) - mean) / deviation);
  auto days = cusum(values, {.target = 0, .slack = count_slack, .threshold = count_threshold});
  for (auto& day : days) {
    day.lower = 0;  // fewer cases are no outbreak
    day.is_alarm = day.upper > count_threshold;
  }
  return days;
}

}  // namespace lindung::domain
