// A report as FHIR R4: a Bundle of Conditions and Observations about nobody who is named. What it may hold is a list of
// members, and everything else is refused by name; so is a Bundle that contradicts itself. docs/reports.md has the
// shape.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/report.h"

namespace lindung::domain {

inline constexpr std::size_t report_fhir_limit = 64UL * 1024;

// Errors: malformed; the detail is a stable reason and the place: "person-present /entry/0/resource/subject". Reasons:
// not-a-bundle, report-id, district, age, resource-not-taken, person-present, identifier-present, free-text,
// member-not-taken, missing-code, unknown-code, conflicting-codes, not-suspected, contradicting-finding,
// contradicting-dates, missing-date, invalid-date, date-in-future, date-too-early, too-many-codes, and those of
// check().
[[nodiscard]] Result<Report> read_report_bundle(BytesView body, Moment now);

}  // namespace lindung::domain
