// The health records of a SMART Health Card: what their FHIR profiles demand of them (HL7 FHIR SHC vaccination and
// testing implementation guide), as far as a verdict depends on it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "cert/refusal.h"

namespace lindung::cert {

struct CardContent {
  std::string word;      // "vaccination", "test", "health-records"
  std::string initials;  // of the patient
};

// One Patient with a name; Immunizations that are completed, coded, of that patient and with one date; Observations
// that are final or amended, coded, with at most one value. Errors (step schema): fhir_profile with the entry and
// member.
[[nodiscard]] Checked<CardContent> check_bundle(const boost::json::object& bundle);

}  // namespace lindung::cert
