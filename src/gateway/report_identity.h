// An identity that two offices open together: sealed on the reporter's side for the second office, and what comes of
// that for the health office (HPKE, RFC 9180, base mode, one message each). The server keeps it and can open nothing.
//
//   inner = seal(second office, identity); outer = seal(health office, inner)
//   seal(key, text) = enc(32) | ciphertext; info = "lindung report identity v1" | 0x00 | front of SHA-256(key) (8)
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hpke.h"
#include "domain/report.h"

namespace lindung::gateway {

// Privacy: who it is. Shape: nik 16 digits or empty; name and phone together at most 200 bytes of UTF-8.
struct ReportedIdentity {
  std::string nik;
  std::string name;
  std::string phone;
};

// Errors: invalid_argument for another shape, or one without any text; malformed for a key of small order.
[[nodiscard]] Result<domain::SealedIdentity> seal_identity(const crypto::X25519PublicKey& health,
                                                           const crypto::X25519PublicKey& second,
                                                           const ReportedIdentity& identity);

// One office's step: the outer one gives what the second office opens. Errors: malformed when it was not sealed for
// this key.
[[nodiscard]] Result<Bytes> open_layer(const crypto::X25519PrivateKey& key, BytesView sealed);
// What both steps gave. Errors: malformed.
[[nodiscard]] Result<ReportedIdentity> read_identity(BytesView plaintext);

}  // namespace lindung::gateway
