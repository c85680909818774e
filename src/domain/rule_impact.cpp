#include "domain/rule_impact.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/import.h"

namespace lindung::domain {

namespace {

// One count of a line: what it is, and whether it is shown.
struct Cell {
  std::uint64_t count{};
  bool* is_hidden{};
};

// Hides more of a line whose sum is known until what is hidden cannot be computed. Returns whether it hid anything.
bool hide_line(std::span<const Cell> line) {
  std::size_t hidden = 0;
  std::uint64_t sum = 0;
  const Cell* smallest = nullptr;  // of those shown that are not zero
  for (const auto& cell : line) {
    if (*cell.is_hidden) {
      ++hidden;
      sum += cell.count;
    } else if (cell.count != 0 && (smallest == nullptr || cell.count < smallest->count)) {
      smallest = &cell;
    }
  }
  if (hidden == 0 || (hidden >= 2 && sum >= least_shown)) return false;
  if (smallest != nullptr) {
    *smallest->is_hidden = true;
    return true;
  }
  bool has_changed = false;
  for (const auto& cell : line) {
    has_changed = has_changed || !*cell.is_hidden;
    *cell.is_hidden = true;
  }
  return has_changed;
}

using HiddenRow = std::array<bool, all_moves>;

bool is_small(std::uint64_t count) { return count > 0 && count < least_shown; }

bool hide_row(const MoveCounts& counts, HiddenRow& hidden) {
  std::array<Cell, all_moves> line;
  for (std::size_t i = 0; i < all_moves; ++i) line[i] = {.count = counts[i], .is_hidden = &hidden[i]};
  return hide_line(line);
}

// The groups of one move. Where their total is hidden too, one hidden group is enough for it not to be their sum.
bool hide_column(const std::vector<MoveCounts>& groups, std::vector<HiddenRow>& hidden, std::size_t move,
                 bool is_total_hidden) {
  std::vector<Cell> line;
  std::uint64_t hidden_groups = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    line.push_back({.count = groups[i][move], .is_hidden = &hidden[i][move]});
    hidden_groups += hidden[i][move] ? 1 : 0;
  }
  if (!is_total_hidden) return hide_line(line);
  if (hidden_groups != 0) return false;
  const auto smallest = std::ranges::min_element(line, {}, [](const Cell& cell) {
    return cell.count == 0 ? UINT64_MAX : cell.count;  // a group with somebody in it, if there is one
  });
  if (smallest == line.end()) return false;
  *smallest->is_hidden = true;
  return true;
}

ShownCounts shown(const MoveCounts& counts, const HiddenRow& hidden) {
  ShownCounts out;
  for (std::size_t i = 0; i < all_moves; ++i) {
    if (!hidden[i]) out[i] = counts[i];
  }
  return out;
}

HiddenRow small_of(const MoveCounts& counts) {
  HiddenRow hidden{};
  for (std::size_t i = 0; i < all_moves; ++i) hidden[i] = is_small(counts[i]);
  return hidden;
}

}  // namespace

Move move_at(std::size_t place) noexcept {
  const auto colour = [](std::size_t index) { return static_cast<Colour>(index + 1); };
  return {.from = colour(place / colours_of_a_move), .to = colour(place % colours_of_a_move)};
}

std::optional<std::size_t> place_of(Move move) noexcept {
  if (move.from == Colour::none || move.to == Colour::none) return std::nullopt;
  return (static_cast<std::size_t>(move.from) - 1) * colours_of_a_move + static_cast<std::size_t>(move.to) - 1;
}

ShownCounts hide_total(const MoveCounts& total) {
  auto hidden = small_of(total);
  while (hide_row(total, hidden)) {
  }
  return shown(total, hidden);
}

ShownTable hide_small(const ShownCounts& total, const std::vector<MoveCounts>& groups) {
  std::vector<HiddenRow> hidden;
  hidden.reserve(groups.size());
  for (const auto& counts : groups) hidden.push_back(small_of(counts));
  // Each turn hides one count more, or is the last.
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (std::size_t i = 0; i < groups.size(); ++i) has_changed = hide_row(groups[i], hidden[i]) || has_changed;
    for (std::size_t move = 0; move < all_moves; ++move) {
      has_changed = hide_column(groups, hidden, move, !total[move].has_value()) || has_changed;
    }
  }
  ShownTable table{.total = total, .groups = {}};
  for (std::size_t i = 0; i < groups.size(); ++i) table.groups.push_back(shown(groups[i], hidden[i]));
  return table;
}

std::size_t age_band(const std::optional<PartialDate>& birth, Moment now) noexcept {
  namespace chrono = std::chrono;
  constexpr std::array least_years{0, 6, 12, 18, 31, 46, 60};
  if (!birth || birth->year == 0) return age_bands.size() - 1;
  const chrono::month month{birth->month == 0 ? 12 : birth->month};
  const chrono::year_month_day today{chrono::floor<chrono::days>(now)};
  int years = static_cast<int>(today.year()) - birth->year;
  const chrono::month_day_last last{month};
  const auto day = birth->day == 0 ? (chrono::year{birth->year} / last).day() : chrono::day{birth->day};
  if (chrono::month_day{today.month(), today.day()} < chrono::month_day{month, day}) --years;
  const auto above = std::ranges::upper_bound(least_years, std::max(years, 0));
  return static_cast<std::size_t>(above - least_years.begin()) - 1;
}

}  // namespace lindung::domain
