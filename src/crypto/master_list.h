// ICAO master lists (Doc 9303 part 12 section 9): CMS SignedData around the certificates of countries' authorities.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/x509_certificate.h"

namespace lindung::crypto {

// The list's signature holds under a certificate that it carries. Not here: whether that signer is trusted; whoever
// imports the list says so. Errors: malformed; bad_signature.
[[nodiscard]] Result<std::vector<X509Certificate>> certificates_of_master_list(BytesView cms);

}  // namespace lindung::crypto
