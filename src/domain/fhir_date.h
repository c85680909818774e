// FHIR dates of every precision, and what we take them to mean (docs/import.md, "Dates").
// Source: FHIR R4, datatypes: date, dateTime, instant.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "domain/fhir_node.h"
#include "domain/import.h"

namespace lindung::domain::fhir {

enum class Precision : std::uint8_t { year, month, day, second };

struct DateRead {
  PartialDate date;
  Precision precision{};
  Moment begin;  // its first second: a year's, a month's, a day's in UTC
  Moment end;    // the first second that is no longer meant; begin + 1 s for a moment
};

// Reasons: invalid_date, missing_time_zone (a time of day without an offset says nothing about when).
[[nodiscard]] Read<DateRead> parse_date(std::string_view text);

// When a fact was. A day stands for its first second in UTC (07:00 in Jakarta): a fact of that day counts from there.
// Reasons: as parse_date(); imprecise_date for a year or a month; date_too_early before 1970; date_in_future when it
// has not begun anywhere in Indonesia (UTC+9), with five minutes for wrong clocks.
[[nodiscard]] Read<Moment> fact_moment(std::string_view text, Moment now);

// When a fact ceases: behind the last second that is meant (a period's end includes its day). It may lie ahead.
// Reasons: as fact_moment() without date_in_future.
[[nodiscard]] Read<Moment> end_moment(std::string_view text);

}  // namespace lindung::domain::fhir
