// The device that keeps the authority's key, where the configuration names one ([pki]): opened at the start, so that a
// wrong PIN or a missing card is told to whoever starts the server and not found out by the first certificate.
#pragma once

#include <string>

#include "base/result.h"
#include "crypto/pkcs11_token.h"

namespace lindung::server {

struct KeyDeviceOptions {
  std::string module;    // empty: keys are kept in the ring
  std::string token;     // its label
  std::string pin_file;  // nobody but its owner may read it
  [[nodiscard]] bool configured() const noexcept { return !module.empty(); }
};

// Errors: of Pkcs11Token::open; not_found or io for the file of the PIN, denied where others may read it.
[[nodiscard]] Result<crypto::Pkcs11Token> open_key_device(const KeyDeviceOptions& options);

}  // namespace lindung::server
