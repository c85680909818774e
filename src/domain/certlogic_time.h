// Date-times of CertLogic: milliseconds of UTC, made from the texts that the specification allows and from nothing
// else. Source: CertLogic specification 1.3.3, "Offset date-time" and "DCC Date of birth"; ECMA-262 section 21.4 for
// the offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lindung::domain::certlogic {

using Milliseconds = std::int64_t;  // since 1970-01-01T00:00Z

enum class TimeUnit : std::uint8_t { year, month, day, hour };

// "year", "month", "day", "hour"; none for any other word.
[[nodiscard]] std::optional<TimeUnit> parse_time_unit(std::string_view word) noexcept;

// A date-time in one of the 19 formats; partial dates are rounded up to the last day that they allow, a missing offset
// is Z, decimals after the third are dropped. None for other formats and for dates that do not exist.
[[nodiscard]] std::optional<Milliseconds> parse_date_time(std::string_view text) noexcept;

// A date of birth: YYYY, YYYY-MM or YYYY-MM-DD.
[[nodiscard]] std::optional<Milliseconds> parse_date_of_birth(std::string_view text) noexcept;

// As the setters of the JavaScript Date do it: 2020-02-29 and a year is 2021-03-01. None further than 30,000 years from
// 1970.
[[nodiscard]] std::optional<Milliseconds> plus_time(Milliseconds at, std::int64_t amount, TimeUnit unit) noexcept;

// The first instant of the calendar month (UTC) after the one that holds `at`.
[[nodiscard]] Milliseconds next_month(Milliseconds at) noexcept;

// "2021-06-01T00:00:00.000Z"
[[nodiscard]] std::string date_time_text(Milliseconds at);

}  // namespace lindung::domain::certlogic
