// FHIR Immunization, Observation, DiagnosticReport and Condition to facts.
#pragma once

#include <optional>

#include "base/time.h"
#include "domain/code_map.h"
#include "domain/fhir_carriers.h"
#include "domain/fhir_node.h"
#include "domain/fhir_rows.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

struct FactContext {
  const CodeMap& codes;
  Moment now;
  Carriers& carriers;
  const Row& row;  // the one that is read: references are resolved from there
};

// Immunization.status completed; the most exact known coding of vaccineCode; occurrenceDateTime; protocolApplied; lot.
[[nodiscard]] Read<Fact> read_immunization(const Node& resource, const FactContext& context);

// A laboratory test (LOINC), with the time of its specimen; or a contact or a medical exemption (SNOMED CT).
[[nodiscard]] Read<Fact> read_observation(const Node& resource, const FactContext& context);

// A report on tests: its own conclusion, else that of the Observations that it contains. None if its Observations stand
// in the import: they are the facts, and it adds nothing.
[[nodiscard]] Read<std::optional<Fact>> read_report(const Node& resource, const FactContext& context);

// A disease that is over (recovery), a contact, a medical exemption.
[[nodiscard]] Read<Fact> read_condition(const Node& resource, const FactContext& context);

}  // namespace lindung::domain::fhir
