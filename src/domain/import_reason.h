// Why a row of an import is not accepted: one list, with a stable name for each (docs/import.md explains them).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lindung::domain {

enum class Reason : std::uint8_t {
  malformed_json,
  too_deep,
  too_large,
  not_a_fhir_resource,
  malformed_bundle,
  unknown_bundle_type,
  malformed_entry,
  no_resource,
  deletion_not_supported,
  deleted,
  superseded_version,
  duplicate_resource,
  conflicting_duplicate,
  unsupported_resource_type,

  wrong_type,
  value_too_long,
  invalid_nik,
  ambiguous_nik,
  invalid_passport,
  invalid_birth_date,
  nik_contradicts_birth_date,
  missing_patient,
  unresolved_patient,
  ambiguous_patient,
  patient_rejected,
  patient_quarantined,

  missing_status,
  unknown_status,
  entered_in_error,
  not_done,
  not_final,
  not_confirmed,
  not_resolved,
  missing_code,
  unknown_vaccine_code,
  unknown_test_code,
  unknown_finding_code,
  conflicting_codes,
  invalid_dose_number,
  subpotent_dose,
  missing_result,
  unknown_result_code,
  unsupported_result_type,
  no_contact,

  missing_date,
  invalid_date,
  missing_time_zone,
  imprecise_date,
  date_in_future,
  date_too_early,
  date_before_birth,
  end_before_start,

  // Of the guard: the row reads well, and waits for two officers.
  issuer_closed,
  outside_district,
  outside_scope,
  back_dated,
  over_daily_cap,
  unusual_velocity,
  impossible_interval,
  unknown_lot,
  lot_exhausted,
  contradicts_known_birth_date,
};

// In the order of the enumerators.
inline constexpr std::array reason_names{
    std::string_view{"malformed-json"},
    std::string_view{"too-deep"},
    std::string_view{"too-large"},
    std::string_view{"not-a-fhir-resource"},
    std::string_view{"malformed-bundle"},
    std::string_view{"unknown-bundle-type"},
    std::string_view{"malformed-entry"},
    std::string_view{"no-resource"},
    std::string_view{"deletion-not-supported"},
    std::string_view{"deleted"},
    std::string_view{"superseded-version"},
    std::string_view{"duplicate-resource"},
    std::string_view{"conflicting-duplicate"},
    std::string_view{"unsupported-resource-type"},
    std::string_view{"wrong-type"},
    std::string_view{"value-too-long"},
    std::string_view{"invalid-nik"},
    std::string_view{"ambiguous-nik"},
    std::string_view{"invalid-passport"},
    std::string_view{"invalid-birth-date"},
    std::string_view{"nik-contradicts-birth-date"},
    std::string_view{"missing-patient"},
    std::string_view{"unresolved-patient"},
    std::string_view{"ambiguous-patient"},
    std::string_view{"patient-rejected"},
    std::string_view{"patient-quarantined"},
    std::string_view{"missing-status"},
    std::string_view{"unknown-status"},
    std::string_view{"entered-in-error"},
    std::string_view{"not-done"},
    std::string_view{"not-final"},
    std::string_view{"not-confirmed"},
    std::string_view{"not-resolved"},
    std::string_view{"missing-code"},
    std::string_view{"unknown-vaccine-code"},
    std::string_view{"unknown-test-code"},
    std::string_view{"unknown-finding-code"},
    std::string_view{"conflicting-codes"},
    std::string_view{"invalid-dose-number"},
    std::string_view{"subpotent-dose"},
    std::string_view{"missing-result"},
    std::string_view{"unknown-result-code"},
    std::string_view{"unsupported-result-type"},
    std::string_view{"no-contact"},
    std::string_view{"missing-date"},
    std::string_view{"invalid-date"},
    std::string_view{"missing-time-zone"},
    std::string_view{"imprecise-date"},
    std::string_view{"date-in-future"},
    std::string_view{"date-too-early"},
    std::string_view{"date-before-birth"},
    std::string_view{"end-before-start"},
    std::string_view{"issuer-closed"},
    std::string_view{"outside-district"},
    std::string_view{"outside-scope"},
    std::string_view{"back-dated"},
    std::string_view{"over-daily-cap"},
    std::string_view{"unusual-velocity"},
    std::string_view{"impossible-interval"},
    std::string_view{"unknown-lot"},
    std::string_view{"lot-exhausted"},
    std::string_view{"contradicts-known-birth-date"},
};
static_assert(reason_names.size() == static_cast<std::size_t>(Reason::contradicts_known_birth_date) + 1);

// "unknown-vaccine-code"
[[nodiscard]] constexpr std::string_view name_of(Reason reason) noexcept {
  return reason_names[static_cast<std::size_t>(reason)];
}

// One sentence for whoever has to put the row right.
[[nodiscard]] std::string_view meaning_of(Reason reason) noexcept;

}  // namespace lindung::domain
