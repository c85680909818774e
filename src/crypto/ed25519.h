// Ed25519 (RFC 8032) through libsodium: S < L is enforced, public keys of small order never verify.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::crypto {

using Ed25519Signature = ByteArray<64>;

class Ed25519PublicKey {
 public:
  // Errors: invalid_argument unless 32 bytes that encode a point of the main subgroup (protocol.md section 4).
  [[nodiscard]] static Result<Ed25519PublicKey> from_bytes(BytesView bytes);
  [[nodiscard]] bool verifies(BytesView message, const Ed25519Signature& signature) const noexcept;
  [[nodiscard]] const ByteArray<32>& bytes() const noexcept { return bytes_; }
  friend bool operator==(const Ed25519PublicKey&, const Ed25519PublicKey&) = default;

 private:
  friend class Ed25519PrivateKey;
  explicit Ed25519PublicKey(const ByteArray<32>& bytes) : bytes_{bytes} {}
  ByteArray<32> bytes_;
};

class Ed25519PrivateKey {
 public:
  [[nodiscard]] static Ed25519PrivateKey generate();
  // Shape: the 32-byte seed of RFC 8032 section 5.1.5.
  [[nodiscard]] static Ed25519PrivateKey from_seed(const Secret<32>& seed);
  [[nodiscard]] Ed25519Signature sign(BytesView message) const noexcept;
  [[nodiscard]] Ed25519PublicKey public_key() const noexcept;
  [[nodiscard]] Secret<32> seed() const noexcept;

 private:
  Ed25519PrivateKey() = default;
  Secret<64> expanded_;  // libsodium's layout: seed | public key
};

}  // namespace lindung::crypto
