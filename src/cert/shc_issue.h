// Makes SMART Health Cards (https://spec.smarthealth.cards): one fact in a FHIR bundle, as small as it goes, for one QR
// code; and the key set that verifiers read.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "cert/certificate_draft.h"
#include "crypto/ecdsa.h"

namespace lindung::cert {

// {"kty", "kid", "use", "alg", "crv", "x", "y"}; the kid is the thumbprint (RFC 7638). Shape: 65 bytes.
[[nodiscard]] boost::json::object card_jwk(BytesView point);
[[nodiscard]] std::string card_kid(BytesView point);

[[nodiscard]] UnsignedCertificate make_shc(const CertificateDraft& draft, std::string_view kid);

// Of an UnsignedCertificate of this form (certificate_draft.h).
[[nodiscard]] Bytes shc_to_sign(const UnsignedCertificate& certificate);
[[nodiscard]] std::string shc_text(const UnsignedCertificate& certificate, const crypto::Es256Signature& signature);

}  // namespace lindung::cert
