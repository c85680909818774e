// Ed25519 through libsodium, which verifies at twice OpenSSL's speed and is strict about S < L and small orders.
#include "crypto/ed25519.h"

#include <sodium/crypto_core_ed25519.h>
#include <sodium/crypto_sign_ed25519.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/library.h"
#include "crypto/random.h"

namespace lindung::crypto {

Result<Ed25519PublicKey> Ed25519PublicKey::from_bytes(BytesView bytes) {
  ensure_sodium();
  if (bytes.size() != crypto_core_ed25519_BYTES) return fail(Errc::invalid_argument, "an Ed25519 key has 32 bytes");
  // Canonical, on the curve, in the main subgroup and not of small order.
  if (crypto_core_ed25519_is_valid_point(bytes.data()) != 1) {
    return fail(Errc::invalid_argument, "not a point of the main subgroup");
  }
  return Ed25519PublicKey{take<crypto_core_ed25519_BYTES>(bytes)};
}

bool Ed25519PublicKey::verifies(BytesView message, const Ed25519Signature& signature) const noexcept {
  ensure_sodium();
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(), bytes_.data()) == 0;
}

Ed25519PrivateKey Ed25519PrivateKey::generate() { return from_seed(random_secret<crypto_sign_ed25519_SEEDBYTES>()); }

Ed25519PrivateKey Ed25519PrivateKey::from_seed(const Secret<32>& seed) {
  ensure_sodium();
  Ed25519PrivateKey key;
  ByteArray<crypto_sign_ed25519_PUBLICKEYBYTES> public_half{};
  require(crypto_sign_ed25519_seed_keypair(public_half.data(), key.expanded_.mutable_view().data(),
                                           seed.view().data()) == 0,
          "crypto_sign_ed25519_seed_keypair");
  return key;
}

Ed25519Signature Ed25519PrivateKey::sign(BytesView message) const noexcept {
  Ed25519Signature signature;
  require(crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(),
                                       expanded_.view().data()) == 0,
          "crypto_sign_ed25519_detached");
  return signature;
}

Ed25519PublicKey Ed25519PrivateKey::public_key() const noexcept {
  return Ed25519PublicKey{take<crypto_sign_ed25519_PUBLICKEYBYTES>(expanded_.view().last(32))};
}

Secret<32> Ed25519PrivateKey::seed() const noexcept {
  Secret<32> seed;
  std::ranges::copy(expanded_.view().first(32), seed.mutable_view().begin());
  return seed;
}

}  // namespace lindung::crypto
