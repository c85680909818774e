// Why a journey or a card cannot be: the reasons that a traveller is told when a filing is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::domain {

enum class TravelFault : std::uint8_t {
  // the journey
  carrier,
  number,
  seat,
  unknown_origin,
  unknown_destination,
  same_port,
  mode_of_port,  // a train from an airport
  scope,         // domestic with a port abroad, international with none or two, or neither at home
  arrival_before_departure,
  longer_than_48_hours,
  departure_past,
  departure_too_far_ahead,
  // the people
  no_holder,
  too_many_companions,
  child_without_guardian,
  guardian_unknown,  // no such person on the card, or one who is no adult
  same_person_twice,
  // a document
  document_number,
  document_state,
  document_nationality,
  document_name,
  document_birth,
  document_expiry,
  document_expired,
  document_not_for_border,  // a NIK on an international journey
  foreigner_without_passport,
  // the rest
  contact_address,
  contact_phone,
  symptom,
  symptom_twice,
  certificate_text,
  too_many_certificates,
};

// "arrival-before-departure"
[[nodiscard]] std::string_view name_of(TravelFault fault) noexcept;
// "arrival-before-departure, same-port"
[[nodiscard]] std::string names_of(const std::vector<TravelFault>& faults);

}  // namespace lindung::domain
