// Whoever can sign by ES256, wherever the private key lies: in this process, or in a device that never gives it away.
#pragma once

#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ecdsa.h"

namespace lindung::crypto {

// Thread-safe.
class Es256Signer {
 public:
  Es256Signer() = default;
  Es256Signer(const Es256Signer&) = delete;
  Es256Signer& operator=(const Es256Signer&) = delete;
  virtual ~Es256Signer() = default;
  // 65 bytes, uncompressed.
  [[nodiscard]] virtual Bytes public_point() const = 0;
  // Over SHA-256 of the message. Errors: unavailable.
  [[nodiscard]] virtual Result<Es256Signature> sign(BytesView message) const = 0;
};

// With a key in this process.
class KeySigner final : public Es256Signer {
 public:
  explicit KeySigner(Es256PrivateKey key) noexcept : key_{std::move(key)} {}
  [[nodiscard]] Bytes public_point() const override { return key_.public_point(); }
  [[nodiscard]] Result<Es256Signature> sign(BytesView message) const override { return key_.sign(message); }

 private:
  Es256PrivateKey key_;
};

}  // namespace lindung::crypto
