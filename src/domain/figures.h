// What is published of counts: noise on every cell, whether anybody was reported there or not, and small cells hidden
// with another beside them where one alone could be told from the sum.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/discrete_laplace.h"

namespace lindung::domain {

inline constexpr std::uint64_t fewest_shown = 5;
// In how many cells one report stands at most, on all days together: what one report more or less changes.
inline constexpr std::uint64_t cells_a_report = 2;
// Each of these cells, and the total of its row, which has noise of its own: a sum of noisy cells would have that of
// all.
inline constexpr std::uint64_t figures_a_report = 2 * cells_a_report;

// One row of cells and what they are together; none: hidden.
struct FigureRow {
  std::vector<std::optional<std::uint64_t>> cells;
  std::optional<std::uint64_t> total;
};

// Units: epsilon in thousandths.
[[nodiscard]] std::uint64_t noisy(std::uint64_t count, std::uint64_t epsilon_milli, const RandomBits& random);
// Of what noisy() gave: nothing here looks at the counts themselves.
[[nodiscard]] FigureRow hide_small(std::span<const std::uint64_t> noisy_counts, std::uint64_t noisy_total);
// Both, of a row of counts.
[[nodiscard]] FigureRow publishable(std::span<const std::uint64_t> counts, std::uint64_t epsilon_milli,
                                    const RandomBits& random);

}  // namespace lindung::domain
