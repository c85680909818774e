// The key and nonce of a sealed answer: the response key schedule of Oblivious HTTP (RFC 9458 section 4.4), which
// protocol.md section 5 takes over with an export label of its own.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/hpke.h"

namespace lindung::crypto {

struct ResponseKeys {
  Secret<16> key;         // AES-128-GCM
  ByteArray<12> nonce{};  // for one message only: `response_nonce` is fresh for each
};

// Shape: `secret` is what HpkeContext::export_secret gave under the label of the endpoint, 16 bytes.
[[nodiscard]] ResponseKeys response_keys(const Secret<16>& secret, const X25519PublicKey& enc,
                                         const ByteArray<16>& response_nonce) noexcept;

}  // namespace lindung::crypto
