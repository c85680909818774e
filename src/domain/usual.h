// What is usual, from the past alone: the median and the median absolute deviation, which a few bad days do not move,
// and an alarm where the present is far above both. No assumption on the shape but that counts scatter at least like
// Poisson's. Reasons and measured rates: docs/adr/0032-what-is-usual.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lindung::domain {

struct Usual {
  double median{};
  double scale{};      // of one usual deviation
  std::size_t past{};  // how many values it stands on
};

struct UsualLimits {
  std::size_t least_past{7};       // values; on fewer nothing is usual
  double deviations{6};            // above the median
  std::uint64_t least_excess{20};  // above the median, however small the deviation
};

// scale = max(1.4826 * MAD, sqrt(max(median, 1)), 0.15 * median).
// Source: Rousseeuw and Croux 1993, on 1.4826; sqrt is Poisson's.
[[nodiscard]] Usual usual_of(std::span<const std::uint64_t> past);

// Whether a count is far above what is usual. A count that grows within its hour may be looked at again and again: it
// is unusual at its end whenever it was before.
[[nodiscard]] bool is_unusual(const Usual& usual, std::uint64_t count, const UsualLimits& limits = {});

// A part of a whole, such as the questions of an hour with tokens that lead nowhere.
struct Share {
  std::uint64_t part{};
  std::uint64_t whole{};
};
struct ShareLimits {
  std::size_t least_past{7};
  std::uint64_t least_whole{50};  // on fewer a share says nothing; of the past too
  std::uint64_t least_excess{20};
  double deviations{6};
  double floor{0.02};  // a deviation is at least so much
};
struct UsualShare {
  double median{};
  double scatter{};  // of whole hours
  std::size_t past{};
};
[[nodiscard]] UsualShare usual_share_of(std::span<const Share> past, const ShareLimits& limits = {});
[[nodiscard]] bool is_unusual(const UsualShare& usual, const Share& now, const ShareLimits& limits = {});

// The median; of an even number of values the mean of the middle two; 0 of none.
[[nodiscard]] double median_of(std::vector<double> values);

}  // namespace lindung::domain
