#include "domain/figures.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/discrete_laplace.h"

namespace lindung::domain {

namespace {

constexpr std::uint64_t thousand = 1'000;

}  // namespace

std::uint64_t noisy(std::uint64_t count, std::uint64_t epsilon_milli, const RandomBits& random) {
  const auto with_noise =
      static_cast<std::int64_t>(count) + discrete_laplace(epsilon_milli, figures_a_report * thousand, random);
  return with_noise < 0 ? 0 : static_cast<std::uint64_t>(with_noise);
}

FigureRow hide_small(std::span<const std::uint64_t> noisy_counts, std::uint64_t noisy_total) {
  FigureRow row;
  std::uint64_t hidden_sum = 0;
  std::size_t hidden = 0;
  for (const auto count : noisy_counts) {
    const bool is_small = count < fewest_shown;
    row.cells.push_back(is_small ? std::nullopt : std::optional{count});
    if (!is_small) continue;
    ++hidden;
    hidden_sum += count;
  }
  // One hidden cell, or several that are nothing together, would nearly follow from the total.
  if (hidden > 0 && (hidden == 1 || hidden_sum < fewest_shown)) {
    std::optional<std::uint64_t>* smallest = nullptr;
    for (auto& cell : row.cells) {
      if (cell && (smallest == nullptr || *cell < **smallest)) smallest = &cell;
    }
    if (smallest != nullptr) smallest->reset();
  }
  if (noisy_total >= fewest_shown) row.total = noisy_total;
  return row;
}

FigureRow publishable(std::span<const std::uint64_t> counts, std::uint64_t epsilon_milli, const RandomBits& random) {
  std::vector<std::uint64_t> cells;
  std::uint64_t total = 0;
  for (const auto count : counts) {
    cells.push_back(noisy(count, epsilon_milli, random));
    total += count;
  }
  return hide_small(cells, noisy(total, epsilon_milli, random));
}

}  // namespace lindung::domain
