// When a reporter sends far more than its own past says: such reports are kept apart until two officers look.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lindung::domain {

struct FloodTerms {
  double deviations{6};         // of a Poisson count over the mean of the past days
  std::uint64_t least{20};      // so many a day are never a flood
  std::size_t least_days{3};    // with fewer days of a past, only `newcomer` bounds
  std::uint64_t newcomer{200};  // a day, while there is no past
};
inline constexpr FloodTerms all_reports_flood{};
// Of one district and syndrome.
inline constexpr FloodTerms cell_flood{.deviations = 6, .least = 15, .least_days = 3, .newcomer = 50};
inline constexpr std::size_t flood_past_days = 14;

// How many of a day still look like this reporter. Shape: `past` are its days before today that had any report.
[[nodiscard]] inline std::uint64_t flood_limit(std::span<const std::uint64_t> past, const FloodTerms& terms) {
  if (past.size() < terms.least_days) return terms.newcomer;
  double sum = 0;
  for (const auto count : past) sum += static_cast<double>(count);
  const double mean = sum / static_cast<double>(past.size());
  const auto limit = static_cast<std::uint64_t>(mean + terms.deviations * std::sqrt(mean + 1));
  return limit < terms.least ? terms.least : limit;
}

}  // namespace lindung::domain
