// Periods and the facts that a Condition and an Observation share: contact and exemption.
#pragma once

#include <array>
#include <string_view>

#include "base/time.h"
#include "domain/fhir_node.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

// The members of a resource of which one is written. Of those that a resource has not, the names are empty.
struct DateMembers {
  std::string_view date;                    // "effectiveDateTime"
  std::string_view period;                  // "effectivePeriod"
  std::string_view instant{};               // "effectiveInstant"
  std::array<std::string_view, 3> vague{};  // "onsetAge": no day can be read from it
};

// The date or instant, else the start of the period. Reasons: missing_date, imprecise_date for a vague member, and
// those of fact_moment().
[[nodiscard]] Read<Moment> first_moment(const Node& resource, const DateMembers& members, Moment now);
// The date, else the end of the period, else its start.
[[nodiscard]] Read<Moment> last_moment(const Node& resource, const DateMembers& members, Moment now);

// From the date or the start of the period, which may lie ahead, to `until`, to the end of the period, or open.
// Reasons: end_before_start, and those of first_moment() without date_in_future.
[[nodiscard]] Read<Fact> read_exemption(const Node& resource, const DateMembers& from, const Node& until);

}  // namespace lindung::domain::fhir
