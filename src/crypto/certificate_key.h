// Public keys of those who sign health certificates: P-256 and P-384 for ES256, RSA for PS256 (RFC 7518 section 3, RFC
// 9053 section 2.1, RFC 8230), through OpenSSL, prepared once and used from many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::crypto {

class CertificateKeyParts;

enum class KeyKind : std::uint8_t { p256, p384, rsa };
enum class SignatureAlgorithm : std::uint8_t { es256, ps256 };

class CertificateKey {
 public:
  // Shape: x and y big-endian; leading zeros may be missing or too many (DID documents of the WHO have one more).
  // Errors (all): unsupported_key for another curve, a point that is not on it, RSA below 2048 or above 8192 bits.
  [[nodiscard]] static Result<CertificateKey> from_coordinates(KeyKind curve, BytesView x, BytesView y);
  [[nodiscard]] static Result<CertificateKey> from_modulus(BytesView modulus, BytesView exponent);
  // DER of a SubjectPublicKeyInfo.
  [[nodiscard]] static Result<CertificateKey> from_spki(BytesView der);

  // A P-256 key that has verified so many signatures gets a table of its multiples (p256_table.h).
  static constexpr std::uint32_t verified_before_table = 600;

  // Whether the key is of the algorithm's kind and the signature (r | s, or RSASSA-PSS) holds.
  [[nodiscard]] bool verifies(SignatureAlgorithm algorithm, BytesView message, BytesView signature) const noexcept;
  [[nodiscard]] KeyKind kind() const noexcept;
  // DER of the SubjectPublicKeyInfo, in OpenSSL's spelling: the same for the same key.
  [[nodiscard]] const Bytes& spki() const noexcept;

 private:
  explicit CertificateKey(std::shared_ptr<CertificateKeyParts> parts) : parts_{std::move(parts)} {}
  static Result<CertificateKey> from_native(void* evp_pkey);  // takes it over
  std::shared_ptr<CertificateKeyParts> parts_;
};

}  // namespace lindung::crypto
