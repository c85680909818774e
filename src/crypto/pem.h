// Signing keys as other programs keep them: PEM (RFC 7468) of PKCS #8, SEC 1 or SubjectPublicKeyInfo, Ed25519 (RFC
// 8410) or P-256. Certificates are another floor's.
#pragma once

#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"

namespace lindung::crypto {

[[nodiscard]] bool looks_like_pem(BytesView content) noexcept;

// Errors: malformed for anything else, an encrypted key too: nobody is asked for a passphrase here.
[[nodiscard]] Result<std::variant<Ed25519PrivateKey, Es256PrivateKey>> private_key_of_pem(BytesView pem);

struct PemPublicKey {
  bool is_es256{};
  Bytes bytes;  // 32 of Ed25519, or a point of 65 or, compressed, 33
};
// Errors: malformed.
[[nodiscard]] Result<PemPublicKey> public_key_of_pem(BytesView pem);

}  // namespace lindung::crypto
