// One signed COSE message (RFC 9052 section 4.2), as HC1 and NZCP have it: under tag 18, without a tag, or under the
// CWT tag 61. The protected header wins where both headers say something.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "cert/refusal.h"
#include "crypto/certificate_key.h"

namespace lindung::cert {

class CoseSign1 {
 public:
  // Shape: `bytes` outlives the message.
  // Errors (step cose): cbor; cose for another structure; cose_algorithm unless ES256 or PS256; cose_critical.
  [[nodiscard]] static Checked<CoseSign1> read(BytesView bytes);

  [[nodiscard]] crypto::SignatureAlgorithm algorithm() const noexcept { return algorithm_; }
  [[nodiscard]] const std::optional<Bytes>& kid() const noexcept { return kid_; }
  // Not yet verified.
  [[nodiscard]] BytesView payload() const noexcept { return payload_; }
  [[nodiscard]] bool is_signed_by(const crypto::CertificateKey& key) const;
  // The Sig_structure.
  [[nodiscard]] Bytes signed_bytes() const { return signed_bytes(protected_); }
  [[nodiscard]] BytesView signature() const noexcept { return signature_; }

 private:
  [[nodiscard]] Bytes signed_bytes(BytesView protected_header) const;

  crypto::SignatureAlgorithm algorithm_{};
  std::optional<Bytes> kid_;
  Bytes protected_;  // as it was sent
  bool protected_is_empty_{};
  Bytes payload_holder_;  // only where the payload came in chunks
  BytesView payload_;
  Bytes signature_;
};

}  // namespace lindung::cert
