// What new rules would change, told as counts: how many people go from which colour to which, by group. Small counts
// are hidden, and with them enough others that no hidden one can be computed from what is shown.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/import.h"

namespace lindung::domain {

inline constexpr std::uint64_t least_shown = 10;  // 1 to 9 people are hidden; nobody is nobody
inline constexpr std::size_t colours_of_a_move = 4;
inline constexpr std::size_t all_moves = colours_of_a_move * colours_of_a_move;

// From one colour to another, or to the same: green, yellow, red, black.
struct Move {
  Colour from{};
  Colour to{};
};
[[nodiscard]] Move move_at(std::size_t place) noexcept;  // below all_moves
// None if either is no colour.
[[nodiscard]] std::optional<std::size_t> place_of(Move move) noexcept;

using MoveCounts = std::array<std::uint64_t, all_moves>;
using ShownCounts = std::array<std::optional<std::uint64_t>, all_moves>;  // none: hidden

// Counts of everybody and of the same people in groups.
struct ShownTable {
  ShownCounts total;
  std::vector<ShownCounts> groups;
};
// Takes for granted that the reader knows how many people each group has, and that the groups add up to the total.
// 1. A count of 1 to 9 is hidden. 2. Along each line whose sum is known, what is hidden is at least two counts that add
// up to least_shown or more; where there are not enough, the zeros of the line are hidden too.
// `total` is what hide_total gave, the same for every way of grouping.
[[nodiscard]] ShownCounts hide_total(const MoveCounts& total);
[[nodiscard]] ShownTable hide_small(const ShownCounts& total, const std::vector<MoveCounts>& groups);

inline constexpr std::array<std::string_view, 8> age_bands{"0-5",   "6-11",  "12-17", "18-30",
                                                           "31-45", "46-59", "60+",   "unknown"};
// The place of a band. A date without its day, or without its month, counts as the last day that it allows.
[[nodiscard]] std::size_t age_band(const std::optional<PartialDate>& birth, Moment now) noexcept;

}  // namespace lindung::domain
