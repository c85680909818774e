#include "domain/issuer_key.h"

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"

namespace lindung::domain {

namespace {

constexpr std::size_t raw_signature_size = 64;

}  // namespace

std::string_view name_of(SigningAlgorithm algorithm) noexcept {
  return algorithm == SigningAlgorithm::ed25519 ? "ed25519" : "es256";
}

Result<SigningAlgorithm> parse_signing_algorithm(std::string_view word) {
  if (word == "ed25519") return SigningAlgorithm::ed25519;
  if (word == "es256") return SigningAlgorithm::es256;
  return fail(Errc::invalid_argument, "the algorithm of a key is ed25519 or es256");
}

Result<IssuerPublicKey> IssuerPublicKey::from_bytes(SigningAlgorithm algorithm, BytesView bytes) {
  if (algorithm == SigningAlgorithm::es256) {
    TRY(key, crypto::Es256PublicKey::from_point(bytes));
    return IssuerPublicKey{to_bytes(bytes), std::move(key)};
  }
  TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
  return IssuerPublicKey{key};
}

bool IssuerPublicKey::verifies(BytesView message, BytesView signature) const noexcept {
  if (const auto* es256 = std::get_if<crypto::Es256PublicKey>(&key_)) {
    return signature.size() == raw_signature_size ? es256->verifies(message, take<raw_signature_size>(signature))
                                                  : es256->verifies_der(message, signature);
  }
  return signature.size() == raw_signature_size &&
         std::get<crypto::Ed25519PublicKey>(key_).verifies(message, take<raw_signature_size>(signature));
}

}  // namespace lindung::domain
