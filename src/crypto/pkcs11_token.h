// Keys in a device (a hardware security module, a card, SoftHSM) that never leave it, through the PKCS#11 module of its
// maker: P-256 key pairs named by labels.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/es256_signer.h"

namespace lindung::crypto {

class Pkcs11Connection;

struct Pkcs11Settings {
  std::string module;  // the whole path of the library
  std::string token;   // its label
  SecretBytes pin;     // of the user
};

// Thread-safe; each thread that signs has a session of its own.
class Pkcs11Token {
 public:
  // Errors: io for a library that cannot be loaded; unsupported for one that is no module; not_found for the token;
  // denied for the PIN; unavailable.
  [[nodiscard]] static Result<Pkcs11Token> open(Pkcs11Settings settings);

  // Errors: not_found; conflict where several keys have that label; unsupported_key unless P-256; as open.
  [[nodiscard]] Result<std::shared_ptr<const Es256Signer>> key(std::string_view label) const;
  // A new pair, made in the device and kept there. Errors: conflict where the label is taken; as open.
  [[nodiscard]] Result<std::shared_ptr<const Es256Signer>> generate(std::string_view label) const;

 private:
  explicit Pkcs11Token(std::shared_ptr<Pkcs11Connection> connection) noexcept : connection_{std::move(connection)} {}
  std::shared_ptr<Pkcs11Connection> connection_;
};

}  // namespace lindung::crypto
