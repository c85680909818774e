// How many people have gone in by when, on an ordinary day of a nation: quiet at night, a peak at lunch, a higher and
// longer one in the evening. For replays and benchmarks; the curve is made up.
#pragma once

#include <cstdint>

namespace lindung::domain {

inline constexpr std::uint32_t seconds_a_day = 86'400;

class DayShape {
 public:
  // Shape: at most a hundred million.
  explicit DayShape(std::uint64_t check_ins) noexcept : check_ins_{check_ins} {}

  [[nodiscard]] std::uint64_t check_ins() const noexcept { return check_ins_; }
  // How many of the day's check-ins come before this second: none before 0, all before the end.
  // Units: seconds since local midnight.
  [[nodiscard]] std::uint64_t before(std::uint32_t second) const noexcept;

 private:
  std::uint64_t check_ins_;
};

}  // namespace lindung::domain
