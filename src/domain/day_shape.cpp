#include "domain/day_shape.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace lindung::domain {

namespace {

constexpr std::uint64_t seconds_an_hour = 3'600;

// How busy the doors are on each hour, on a straight line between two of them; the last is midnight again.
constexpr std::array<std::uint64_t, 25> busy{5,  3,  2,  2,  4,  8,   20,  45, 60, 50, 55, 85, 125,
                                             95, 60, 55, 60, 85, 120, 125, 85, 45, 22, 10, 5};

// The area below the line from midnight to this second, times 2 * 3600.
constexpr std::uint64_t area(std::uint64_t second) {
  std::uint64_t sum = 0;
  for (std::size_t hour = 0; hour + 1 < busy.size() && second > hour * seconds_an_hour; ++hour) {
    const auto left = second - hour * seconds_an_hour;
    const auto part = left < seconds_an_hour ? left : seconds_an_hour;
    // A trapezium is so much of each of its two sides.
    sum += part * (2 * seconds_an_hour - part) * busy[hour] + part * part * busy[hour + 1];
  }
  return sum;
}
constexpr std::uint64_t whole = area(seconds_a_day);
static_assert(whole < UINT64_MAX / 100'000'000 / 2);

}  // namespace

std::uint64_t DayShape::before(std::uint32_t second) const noexcept {
  return second >= seconds_a_day ? check_ins_ : check_ins_ * area(second) / whole;
}

}  // namespace lindung::domain
