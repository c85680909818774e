// Signing keys as files of people: the 32-byte seed of an Ed25519 key in hex; an officer's has their id in front, an
// issuer's on P-256 the word es256. Keys in PEM of other programs are read too.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"

namespace lindung::cli {

// Shape: 64 hex digits, or PEM. Errors: not_found, io; malformed for other content.
[[nodiscard]] Result<crypto::Ed25519PrivateKey> read_signing_key(const std::string& path);

struct OfficerKey {
  std::string id;
  crypto::Ed25519PrivateKey key;
};
// Shape: "ID HEX". Errors: as read_signing_key().
[[nodiscard]] Result<OfficerKey> read_officer(const std::string& path);

// What an issuer signs its imports with.
class IssuerSigner {
 public:
  explicit IssuerSigner(std::variant<crypto::Ed25519PrivateKey, crypto::Es256PrivateKey> key) : key_{std::move(key)} {}
  // Errors: unavailable without randomness.
  [[nodiscard]] Result<Bytes> sign(BytesView message) const;

 private:
  std::variant<crypto::Ed25519PrivateKey, crypto::Es256PrivateKey> key_;
};
// Shape: the seed of an Ed25519 key, or "es256" and the scalar of a key on P-256, in hex; or PEM. Errors: as
// read_signing_key().
[[nodiscard]] Result<IssuerSigner> read_issuer_key(const std::string& path);
// A public key as an argument says it.
struct PublicKeyText {
  std::string hex;
  bool is_pem_es256{};  // else the text does not say which kind it is
};
// Shape: hex, which is passed on as it is, or the path of a PEM file. Errors: as read_signing_key().
[[nodiscard]] Result<PublicKeyText> read_public_key(const std::string& text);
// Errors: those; invalid_argument for a key on P-256.
[[nodiscard]] Result<std::string> read_ed25519_public_key(const std::string& text);
// Writes a fresh key on P-256, mode 0600; its public point. Errors: as make_key_file().
[[nodiscard]] Result<Bytes> make_es256_key_file(const std::string& path);

// Writes a fresh key, with the id in front unless it is empty; mode 0600. Errors: conflict if the file exists; io.
[[nodiscard]] Result<crypto::Ed25519PublicKey> make_key_file(const std::string& path, const std::string& id);

}  // namespace lindung::cli
