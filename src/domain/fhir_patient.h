// A FHIR Patient to an identity.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "domain/fhir_node.h"
#include "domain/import.h"

namespace lindung::domain::fhir {

inline constexpr std::string_view nik_system = "https://fhir.kemkes.go.id/id/nik";
inline constexpr std::string_view passport_system = "https://fhir.kemkes.go.id/id/paspor";

struct PatientRead {
  Identity identity;            // its local id is left to the caller
  std::optional<Refusal> hold;  // why it must wait for officers, if it must
};

// Reasons: invalid_nik, ambiguous_nik (two that differ), invalid_passport, invalid_birth_date (malformed, ahead or
// before 1875), wrong_type, value_too_long. Held: nik_contradicts_birth_date. An identifier whose use is "old" is
// passed over; identifiers of other systems say nothing here.
[[nodiscard]] Read<PatientRead> read_patient(const Node& patient, Moment now);

// The person that an identifier alone names (Reference.identifier): none for another system.
// Reasons: invalid_nik, invalid_passport, wrong_type, value_too_long.
[[nodiscard]] Read<std::optional<Identity>> read_identifier(const Node& identifier);

}  // namespace lindung::domain::fhir
