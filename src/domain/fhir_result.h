// What an Observation and a DiagnosticReport share: their status, their time, and what a test says.
#pragma once

#include <optional>

#include "base/time.h"
#include "domain/code_map.h"
#include "domain/fhir_facts.h"
#include "domain/fhir_finding.h"
#include "domain/fhir_node.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

inline constexpr DateMembers effective{.date = "effectiveDateTime",
                                       .period = "effectivePeriod",
                                       .instant = "effectiveInstant",
                                       .vague = {"effectiveTiming", "", ""}};

// Reasons: missing_status, unknown_status, not_final, entered_in_error.
[[nodiscard]] Read<void> check_result_status(const Node& resource);

// When the specimen was taken, contained or in the import; else the effective time.
// Reasons: specimen_rejected, those of read_specimen() and first_moment().
[[nodiscard]] Read<Moment> result_moment(const Node& resource, const FactContext& context);

struct TestSaid {
  TestKind kind{};
  TestResult result{};
  friend bool operator==(const TestSaid&, const TestSaid&) = default;
};
// None if the code is no test that we know. Reasons: conflicting_codes, unknown_result_code, unsupported_result_type,
// missing_result.
[[nodiscard]] Read<std::optional<TestSaid>> read_test(const Node& observation, const CodeMap& codes);

}  // namespace lindung::domain::fhir
