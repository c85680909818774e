// What a verified certificate says in our words: its holder as travel documents write them, and health facts by our
// codes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cert/verified_certificate.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/record.h"

namespace lindung::cert {

// Privacy: personal data.
struct CertificateFacts {
  domain::DocumentName name;
  std::optional<domain::PartialDate> birth;
  std::string identifier;  // that its issuer gave to no other certificate; empty: none
  std::vector<domain::Fact> facts;
};

// EU certificates, the WHO's core data sets and vaccination certificates, SMART Health Cards. Lots are left out: ours
// are other ones.
// Errors: unsupported, with the field, for a code that is not in our tables, a moment that is imprecise or ahead, and
// for contents that hold no health fact.
[[nodiscard]] Result<CertificateFacts> facts_of(const VerifiedCertificate& certificate, Moment now);

// The identifier alone, for whoever looks a certificate up.
[[nodiscard]] std::string identifier_of(const VerifiedCertificate& certificate);

}  // namespace lindung::cert
