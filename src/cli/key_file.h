// Ed25519 signing keys as files of people: one line, the 32-byte seed in hex.
#pragma once

#include <string>

#include "base/result.h"
#include "crypto/ed25519.h"

namespace lindung::cli {

// Errors: not_found, io; malformed for other content.
[[nodiscard]] Result<crypto::Ed25519PrivateKey> read_signing_key(const std::string& path);

}  // namespace lindung::cli
