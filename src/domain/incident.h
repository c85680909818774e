// An incident: what happened, whom it concerns, where it stands, and the two clocks that run from the moment at which
// the operator became aware of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/rule_set.h"

namespace lindung::domain {

using IncidentId = Id<struct IncidentIdTag, ByteArray<16>>;  // random: a digest over it hides what it is about

// The numbers stand in the database. It goes forward only; a later state may be reached without the ones between.
enum class IncidentState : std::uint8_t { open = 1, contained = 2, notified = 3, closed = 4 };
[[nodiscard]] std::string_view name_of(IncidentState state) noexcept;

// Law 27/2022 article 46: to each person concerned and the data-protection authority, within three days.
// BSSN regulation 1/2024 article 15: to the sector's and the national cyber team, within a day.
enum class IncidentClock : std::uint8_t { authorities_24h = 24, persons_72h = 72 };
inline constexpr std::chrono::hours first_clock{24};
inline constexpr std::chrono::hours second_clock{72};
[[nodiscard]] std::string_view name_of(IncidentClock clock) noexcept;  // "24h"

// How a clock stands.
struct ClockFace {
  IncidentClock clock{};
  Moment due;
  std::optional<Moment> met_at;
  std::int64_t seconds_left{};  // below 0: so long over; of a clock that was met, when it was
  [[nodiscard]] bool is_late() const noexcept { return seconds_left < 0; }
};

// The moment that a clock is read at: the machine's, but never before the newest entry of the log. So a machine whose
// clock was put back shows no more time than there is.
[[nodiscard]] constexpr Moment clock_reading(Moment machine, Moment newest_entry) noexcept {
  return machine < newest_entry ? newest_entry : machine;
}
[[nodiscard]] ClockFace read_clock(IncidentClock clock, Moment aware_at, std::optional<Moment> met_at,
                                   Moment reading) noexcept;

// What officers write into an incident. Shape: each text 1 to its limit of bytes of UTF-8, or empty: not said yet.
// Privacy: meant to name no citizen; kept sealed, for nobody can be sure.
struct IncidentTexts {
  std::string title;
  std::string description;
  std::string impact;
  std::string data;
  std::string handling;
  std::string recovery;
  std::string lesson;
};
inline constexpr std::size_t longest_description = 2'000;
inline constexpr std::size_t longest_incident_text = 400;

// One spelling of a text from outside: no control characters, no signs that turn the direction of writing, one space
// for any white space, and never the beginning of a formula. Errors: invalid_argument for bytes that are no UTF-8 or a
// text that is longer than `longest`.
[[nodiscard]] Result<std::string> clean_text(std::string_view text, std::size_t longest);

// What an incident says where an officer said nothing.
[[nodiscard]] Text said_or(const std::string& said, Text otherwise);

}  // namespace lindung::domain
