// The bytes of a key ring file, version 1: what can be read without the passphrase, and how the rest is sealed.
// Integers are big-endian.
//
// offset  size  field
//      0     8  magic "LNDGRING"
//      8     2  version = 1
//     10     4  Argon2id passes
//     14     8  Argon2id memory in bytes
//     22    16  Argon2id salt
//     38    12  nonce of the wrapped master key
//     50    48  AES-256-GCM(key of the passphrase, aad = bytes 0..37, master key)
//     98    12  nonce of the body
//    110     4  length of the sealed body
//    114     n  AES-256-GCM(master key, aad = bytes 0..113, body of store/ring_body.h)
//  114+n    32  SHA-256 of all bytes before: tells accidental damage from a wrong passphrase, and protects from nobody
//
// Magic, version and the checksum at the end stay in every later version.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/passphrase.h"
#include "store/ring.h"

namespace lindung::store {

inline constexpr std::size_t max_ring_bytes = 32ULL * 1024 * 1024;

// How the master key is wrapped: bytes 10..97.
struct RingWrap {
  crypto::Argon2idCost cost{};
  ByteArray<16> salt{};
  ByteArray<crypto::gcm_nonce_size> nonce{};
  ByteArray<32 + crypto::gcm_tag_size> wrapped_master{};
  friend bool operator==(const RingWrap& a, const RingWrap& b) noexcept {
    return a.salt == b.salt && a.nonce == b.nonce && a.wrapped_master == b.wrapped_master;
  }
};

struct RingFile {
  RingWrap wrap;
  ByteArray<crypto::gcm_nonce_size> body_nonce{};
  Bytes sealed_body;
  Hash checksum{};
};

// Errors: invalid_argument for a cost beyond the limits.
[[nodiscard]] Result<void> check_cost(const crypto::Argon2idCost& cost, const RingLimits& limits);

// Spends nothing that the file asks for. Errors: corrupt; unsupported for another version with a right checksum.
[[nodiscard]] Result<RingFile> parse_ring_file(BytesView file, const RingLimits& limits);

// A fresh wrap of the master key. `cost` and `salt` are those that the wrapping key was made with.
[[nodiscard]] RingWrap wrap_master(const crypto::Argon2idCost& cost, const ByteArray<16>& salt,
                                   const Secret<32>& wrapping_key, const Secret<32>& master);
// Errors: denied if it does not open.
[[nodiscard]] Result<Secret<32>> unwrap_master(const RingWrap& wrap, const Secret<32>& wrapping_key);

[[nodiscard]] Bytes make_ring_file(const RingWrap& wrap, const Secret<32>& master, BytesView body);
// Errors: corrupt if it does not open.
[[nodiscard]] Result<SecretBytes> open_ring_body(const RingFile& file, const Secret<32>& master);

}  // namespace lindung::store
