// FHIR Immunization, Observation and Condition to facts.
#pragma once

#include <string_view>

#include "base/time.h"
#include "domain/code_map.h"
#include "domain/fhir_node.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

struct FactContext {
  const CodeMap& codes;
  Moment now;
};

// Immunization.status completed; the most exact known coding of vaccineCode; occurrenceDateTime; protocolApplied; lot.
[[nodiscard]] Read<Fact> read_immunization(const Node& resource, const FactContext& context);

// A laboratory test (LOINC), with the time of its specimen; or a contact or a medical exemption (SNOMED CT).
[[nodiscard]] Read<Fact> read_observation(const Node& resource, const FactContext& context);

// A disease that is over (recovery), a contact, a medical exemption.
[[nodiscard]] Read<Fact> read_condition(const Node& resource, const FactContext& context);

}  // namespace lindung::domain::fhir
