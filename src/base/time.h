// Moments, days and hours, all UTC, and the clock that a caller passes in: nothing below the server reads a clock
// itself.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung {

using std::chrono::seconds;
using Moment = std::chrono::sys_seconds;  // Unix seconds, UTC

[[nodiscard]] constexpr std::uint64_t unix_seconds(Moment at) noexcept {
  const auto count = at.time_since_epoch().count();
  return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

// Values above 2^62 are clamped: no moment that the protocol may carry overflows arithmetic with days.
[[nodiscard]] constexpr Moment moment_of(std::uint64_t unix_s) noexcept {
  constexpr std::uint64_t limit = std::uint64_t{1} << 62U;
  return Moment{seconds{static_cast<std::int64_t>(unix_s < limit ? unix_s : limit)}};
}

// Days and hours since 1970-01-01T00:00Z; the epochs of day keys and hour keys.
struct Day {
  std::uint32_t number{};
  friend auto operator<=>(const Day&, const Day&) = default;
};
struct Hour {
  std::uint32_t number{};
  friend auto operator<=>(const Hour&, const Hour&) = default;
};

[[nodiscard]] constexpr Day day_of(Moment at) noexcept {
  return {static_cast<std::uint32_t>(unix_seconds(at) / 86400)};
}
[[nodiscard]] constexpr Hour hour_of(Moment at) noexcept {
  return {static_cast<std::uint32_t>(unix_seconds(at) / 3600)};
}
[[nodiscard]] constexpr Moment start_of(Day day) noexcept { return moment_of(std::uint64_t{day.number} * 86400); }
[[nodiscard]] constexpr Moment start_of(Hour hour) noexcept { return moment_of(std::uint64_t{hour.number} * 3600); }

// "2026-11-21T18:30:00Z"
[[nodiscard]] std::string rfc3339(Moment at);

// Errors: invalid_argument unless the text is RFC 3339 with an offset or Z, or without an offset (read as UTC);
// fractions of a second are dropped.
[[nodiscard]] Result<Moment> parse_rfc3339(std::string_view text);

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  // The wall clock: what is written into answers and the log.
  [[nodiscard]] virtual Moment now() const = 0;
  // CLOCK_BOOTTIME: goes on through suspends and never steps; for ages and deadlines.
  [[nodiscard]] virtual std::chrono::nanoseconds since_boot() const = 0;
};

// The machine's clocks, with the wall clock moved by a fixed offset (`demo --at`).
class SystemClock final : public Clock {
 public:
  explicit SystemClock(seconds offset = seconds{0}) : offset_{offset} {}
  [[nodiscard]] Moment now() const override;
  [[nodiscard]] std::chrono::nanoseconds since_boot() const override;

 private:
  seconds offset_;
};

// A clock that stands until it is moved: for tests and replays.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Moment at) : now_{at} {}
  void set(Moment at) noexcept { now_ = at; }
  void advance(seconds by) noexcept {
    now_ += by;
    boot_ += by;
  }
  [[nodiscard]] Moment now() const override { return now_; }
  [[nodiscard]] std::chrono::nanoseconds since_boot() const override { return boot_; }

 private:
  Moment now_;
  std::chrono::nanoseconds boot_{0};
};

}  // namespace lindung
