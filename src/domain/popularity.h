// Few are visited by many, and many by few: of `count` ranked from 0 on, rank r is picked as often as (r + 1)^-exponent
// (Zipf's law). For made-up people, venues and partners.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lindung::domain {

class Popularity {
 public:
  // Shape: at least one.
  Popularity(std::size_t count, double exponent) {
    double sum = 0;
    for (std::size_t rank = 0; rank < count; ++rank) {
      sum += std::pow(static_cast<double>(rank + 1), -exponent);
      up_to_.push_back(sum);
    }
  }
  [[nodiscard]] std::size_t count() const noexcept { return up_to_.size(); }
  // `draw` is any of 2^64.
  [[nodiscard]] std::size_t rank(std::uint64_t draw) const noexcept {
    const auto at = static_cast<double>(draw >> 11U) * 0x1p-53 * up_to_.back();
    const auto found = std::ranges::upper_bound(up_to_, at);
    return static_cast<std::size_t>(std::min(found, up_to_.end() - 1) - up_to_.begin());
  }

 private:
  std::vector<double> up_to_;
};

}  // namespace lindung::domain
