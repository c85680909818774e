// Ed25519 signing keys as files of people: the 32-byte seed in hex; an officer's key has their id in front.
#pragma once

#include <string>

#include "base/result.h"
#include "crypto/ed25519.h"

namespace lindung::cli {

// Errors: not_found, io; malformed for other content.
[[nodiscard]] Result<crypto::Ed25519PrivateKey> read_signing_key(const std::string& path);

struct OfficerKey {
  std::string id;
  crypto::Ed25519PrivateKey key;
};
// Shape: "ID HEX". Errors: as read_signing_key().
[[nodiscard]] Result<OfficerKey> read_officer(const std::string& path);

// Writes a fresh key, with the id in front unless it is empty; mode 0600. Errors: conflict if the file exists; io.
[[nodiscard]] Result<crypto::Ed25519PublicKey> make_key_file(const std::string& path, const std::string& id);

}  // namespace lindung::cli
