// What a certificate says, as it was found on the way through a verification. By itself it proves nothing: only a
// VerifiedCertificate is to be believed.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace lindung::cert {

// Privacy: a person's name, birth date and health facts.
struct Contents {
  enum class Form : std::uint8_t {
    none,            // nothing of a person that is read further here
    dcc,             // sub-claim 1 of claim -260
    core_data_set,   // the WHO's, of one vaccination or test
    dose_of_person,  // the WHO's digital vaccination certificate
    fhir_bundle,     // of a SMART Health Card
  };
  Form form{Form::none};
  boost::json::value body;
  std::string key_id;  // of the signer: hex, or the text of a health card's key
  Hash signed_part{};  // digest of what the signature covers, the signature left out
};

}  // namespace lindung::cert
