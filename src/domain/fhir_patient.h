// A FHIR Patient to an identity.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "domain/fhir_node.h"
#include "domain/import.h"
#include "domain/nik.h"

namespace lindung::domain::fhir {

inline constexpr std::string_view nik_system = "https://fhir.kemkes.go.id/id/nik";

// Identifier systems as the field writes them: the ministry's, with http or https, with or without a slash behind; and
// HL7's passport systems, one a country. "…/id/nik-ibu" is the mother's NIK, and none of these.
[[nodiscard]] bool is_nik_system(std::string_view system) noexcept;
[[nodiscard]] bool is_passport_system(std::string_view system) noexcept;

struct PatientRead {
  Identity identity;            // its local id is left to the caller
  std::optional<Refusal> hold;  // why it must wait for officers, if it must
};

// Reasons: invalid_nik, ambiguous_nik (two that differ), invalid_passport, invalid_birth_date (malformed, ahead or
// before 1875), wrong_type, value_too_long. Held: nik_contradicts_birth_date. An identifier whose use is "old" is
// passed over; identifiers of other systems say nothing here.
[[nodiscard]] Read<PatientRead> read_patient(const Node& patient, Moment now);

// Control characters of a name become spaces.
void drop_controls(std::string& name);
// A birth date of any precision. Reasons: invalid_birth_date (malformed, ahead or before 1875).
[[nodiscard]] Read<PartialDate> parse_birth_date(std::string_view text, Moment now);
// Whether the birth date in the NIK is another one, as far as it is written.
[[nodiscard]] bool contradicts(const Nik& nik, const PartialDate& birth);

// The person that an identifier alone names (Reference.identifier): none for another system.
// Reasons: invalid_nik, invalid_passport, wrong_type, value_too_long.
[[nodiscard]] Read<std::optional<Identity>> read_identifier(const Node& identifier);

}  // namespace lindung::domain::fhir
