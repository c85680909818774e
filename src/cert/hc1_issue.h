// Makes HC1: the EU's digital COVID certificate, schema 1.3.0. Without lookups: the clock and the identifier are the
// caller's.
#pragma once

#include <string>

#include "base/bytes.h"
#include "cert/certificate_draft.h"
#include "crypto/ecdsa.h"

namespace lindung::cert {

// Shape: `kid` as verifiers know the signer, in the protected header.
[[nodiscard]] UnsignedCertificate make_hc1(const CertificateDraft& draft, BytesView kid);

// Of an UnsignedCertificate of this form (certificate_draft.h).
[[nodiscard]] Bytes hc1_to_sign(const UnsignedCertificate& certificate);  // the Sig_structure
[[nodiscard]] std::string hc1_text(const UnsignedCertificate& certificate, const crypto::Es256Signature& signature);

}  // namespace lindung::cert
