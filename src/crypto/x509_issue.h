// Makes the X.509 certificates behind health certificates: an authority of a country (CSCA) and the document signers
// under it (DSC), in the EU's profile. Whoever holds the authority's key signs; this file never sees it.
// Source: eHealth Network, Guidelines on Technical Specifications volume 4; RFC 5280.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/es256_signer.h"
#include "crypto/x509_certificate.h"

namespace lindung::crypto {

struct CertificateNames {
  std::string country;       // two capital letters
  std::string organisation;  // at most 64 bytes of UTF-8
  std::string common_name;   // likewise
};

struct Period {
  Moment from;
  Moment until;
};

// Signed by itself, for signing certificates and revocation lists, without authorities under it.
// Errors: invalid_argument for names that no certificate holds; those of the signer.
[[nodiscard]] Result<X509Certificate> issue_authority(const Es256Signer& key, const CertificateNames& names,
                                                      const Period& valid);

struct SignerDraft {
  CertificateNames names;
  Bytes public_point;               // 65 bytes, uncompressed
  Period valid;                     // as long as what it signs
  Period key_use;                   // in which it signs
  std::vector<std::string> usages;  // dotted; none: everything
};
// Errors: as above; unsupported_key for a point that is not on P-256.
[[nodiscard]] Result<X509Certificate> issue_signer(const Es256Signer& authority_key, const X509Certificate& authority,
                                                   const SignerDraft& draft);

}  // namespace lindung::crypto
