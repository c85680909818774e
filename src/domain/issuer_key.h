// A public key that an issuer signs its imports with: Ed25519 (RFC 8032) or ECDSA on P-256 with SHA-256 (FIPS 186-5).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"

namespace lindung::domain {

// The numbers stand in the database.
enum class SigningAlgorithm : std::uint8_t { ed25519 = 1, es256 = 2 };

// "ed25519", "es256"
[[nodiscard]] std::string_view name_of(SigningAlgorithm algorithm) noexcept;
// Errors: invalid_argument for another word.
[[nodiscard]] Result<SigningAlgorithm> parse_signing_algorithm(std::string_view word);

class IssuerPublicKey {
 public:
  // Shape: 32 bytes, or a point on P-256 of 33 or 65. Errors: invalid_argument for anything else.
  [[nodiscard]] static Result<IssuerPublicKey> from_bytes(SigningAlgorithm algorithm, BytesView bytes);
  // An Ed25519 key is a key of an issuer as it is.
  IssuerPublicKey(const crypto::Ed25519PublicKey& key)
      : bytes_{to_bytes(key.bytes())}, key_{key} {}  // NOLINT(google-explicit-constructor): it loses nothing

  [[nodiscard]] SigningAlgorithm algorithm() const noexcept {
    return key_.index() == 0 ? SigningAlgorithm::ed25519 : SigningAlgorithm::es256;
  }
  // As they were registered.
  [[nodiscard]] BytesView bytes() const noexcept { return bytes_; }
  // Shape of a signature: 64 bytes; of ES256 r | s, or the same in DER.
  [[nodiscard]] bool verifies(BytesView message, BytesView signature) const noexcept;

 private:
  IssuerPublicKey(Bytes bytes, crypto::Es256PublicKey key) : bytes_{std::move(bytes)}, key_{std::move(key)} {}

  Bytes bytes_;
  std::variant<crypto::Ed25519PublicKey, crypto::Es256PublicKey> key_;
};

}  // namespace lindung::domain
