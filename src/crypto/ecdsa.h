// ES256: ECDSA on P-256 with SHA-256 (FIPS 186-5, RFC 7518 section 3.4) through OpenSSL. Issuer keys and certificates.
#pragma once

#include <memory>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::crypto {

class EcdsaKey;

using Es256Signature = ByteArray<64>;  // r | s, big-endian (IEEE P1363)

class Es256PublicKey {
 public:
  // Errors: invalid_argument unless an uncompressed (65 bytes) or compressed (33 bytes) point on P-256.
  [[nodiscard]] static Result<Es256PublicKey> from_point(BytesView sec1);
  // Thread-safe; contexts are kept with the key and used again.
  [[nodiscard]] bool verifies(BytesView message, const Es256Signature& signature) const noexcept;
  // DER-encoded ECDSA-Sig-Value, strict (RFC 3279 section 2.2.3).
  [[nodiscard]] bool verifies_der(BytesView message, BytesView der_signature) const noexcept;

 private:
  friend class Es256PrivateKey;
  explicit Es256PublicKey(std::shared_ptr<EcdsaKey> key) : key_{std::move(key)} {}
  std::shared_ptr<EcdsaKey> key_;
};

class Es256PrivateKey {
 public:
  [[nodiscard]] static Result<Es256PrivateKey> generate();
  // Shape: 32-byte scalar, big-endian. Errors: invalid_argument if 0 or not below the order.
  [[nodiscard]] static Result<Es256PrivateKey> from_scalar(const Secret<32>& scalar);
  // Errors: unavailable if OpenSSL has no randomness for the nonce.
  [[nodiscard]] Result<Es256Signature> sign(BytesView message) const;
  [[nodiscard]] Es256PublicKey public_key() const;
  [[nodiscard]] Bytes public_point() const;  // 65 bytes, uncompressed

 private:
  Es256PrivateKey(std::shared_ptr<EcdsaKey> key, const ByteArray<65>& point) : key_{std::move(key)}, point_{point} {}
  std::shared_ptr<EcdsaKey> key_;
  ByteArray<65> point_;
};

}  // namespace lindung::crypto
