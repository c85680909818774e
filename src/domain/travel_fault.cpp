#include "domain/travel_fault.h"

#include <string>
#include <string_view>
#include <vector>

namespace lindung::domain {

std::string_view name_of(TravelFault fault) noexcept {
  switch (fault) {
    case TravelFault::carrier: return "carrier";
    case TravelFault::number: return "number";
    case TravelFault::seat: return "seat";
    case TravelFault::unknown_origin: return "unknown-origin";
    case TravelFault::unknown_destination: return "unknown-destination";
    case TravelFault::same_port: return "same-port";
    case TravelFault::mode_of_port: return "mode-of-port";
    case TravelFault::scope: return "scope";
    case TravelFault::arrival_before_departure: return "arrival-before-departure";
    case TravelFault::longer_than_48_hours: return "longer-than-48-hours";
    case TravelFault::departure_past: return "departure-past";
    case TravelFault::departure_too_far_ahead: return "departure-too-far-ahead";
    case TravelFault::no_holder: return "no-holder";
    case TravelFault::too_many_companions: return "too-many-companions";
    case TravelFault::child_without_guardian: return "child-without-guardian";
    case TravelFault::guardian_unknown: return "guardian-unknown";
    case TravelFault::same_person_twice: return "same-person-twice";
    case TravelFault::document_number: return "document-number";
    case TravelFault::document_state: return "document-state";
    case TravelFault::document_nationality: return "document-nationality";
    case TravelFault::document_name: return "document-name";
    case TravelFault::document_birth: return "document-birth";
    case TravelFault::document_expiry: return "document-expiry";
    case TravelFault::document_expired: return "document-expired";
    case TravelFault::document_not_for_border: return "document-not-for-border";
    case TravelFault::foreigner_without_passport: return "foreigner-without-passport";
    case TravelFault::contact_address: return "contact-address";
    case TravelFault::contact_phone: return "contact-phone";
    case TravelFault::symptom: return "symptom";
    case TravelFault::symptom_twice: return "symptom-twice";
    case TravelFault::certificate_text: return "certificate-text";
    case TravelFault::too_many_certificates: return "too-many-certificates";
  }
  return "?";
}

std::string names_of(const std::vector<TravelFault>& faults) {
  std::string text;
  for (const auto fault : faults) {
    if (!text.empty()) text += ", ";
    text += name_of(fault);
  }
  return text;
}

}  // namespace lindung::domain
