// Aberrations in daily counts: CDC's EARS C1, C2 and C3, and a tabular CUSUM. Pure: counts in, values and alarms out;
// what day it is, is the caller's to say.
//
// Source: Hutwagner, Thompson, Seeman, Treadwell, "The bioterrorism preparedness and response Early Aberration
// Reporting System (EARS)", J Urban Health 80 (2003), and Fricker, Hegler, Dunfee, Stat Med 27 (2008) for the formulas;
// Montgomery, Introduction to Statistical Quality Control, chapter 9, for the CUSUM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lindung::domain {

inline constexpr std::size_t ears_baseline = 7;  // days
inline constexpr std::size_t c2_lag = 2;         // days between the baseline and today
inline constexpr double c1_c2_threshold = 3;     // standard deviations
inline constexpr double c3_threshold = 2;
// Of a baseline, at least: a week of equal counts would make an alarm of every further case.
inline constexpr double least_deviation = 0.5;

// None where there are too few days before it.
struct EarsDay {
  std::optional<double> c1;  // (today - mean) / s over t-7 .. t-1
  std::optional<double> c2;  // the same over t-9 .. t-3
  std::optional<double> c3;  // sum over t-2 .. t of max(0, C2 - 1)
  [[nodiscard]] bool is_c1_alarm() const noexcept { return c1 && *c1 > c1_c2_threshold; }
  [[nodiscard]] bool is_c2_alarm() const noexcept { return c2 && *c2 > c1_c2_threshold; }
  [[nodiscard]] bool is_c3_alarm() const noexcept { return c3 && *c3 > c3_threshold; }
};

// For each day of the series, the first one first. s is the sample's (n - 1).
[[nodiscard]] std::vector<EarsDay> ears(std::span<const std::uint64_t> counts);

struct CusumTerms {
  double target{};     // mu0
  double slack{};      // K, in units of the counts
  double threshold{};  // H, likewise
};
struct CusumDay {
  double upper{};
  double lower{};
  bool is_alarm{};  // either one over the threshold
};
[[nodiscard]] std::vector<CusumDay> cusum(std::span<const double> values, const CusumTerms& terms);

// The upper sum for counts, standardised by the mean and deviation of a baseline: k = 0.5, h = 4, begun anew each time
// that it is asked, over the days behind the baseline. Shape: empty unless there are more days than `baseline`.
inline constexpr std::size_t cusum_baseline = 14;  // days
[[nodiscard]] std::vector<CusumDay> count_cusum(std::span<const std::uint64_t> counts,
                                                std::size_t baseline = cusum_baseline);

}  // namespace lindung::domain
