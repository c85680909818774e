// A key from a passphrase: Argon2id (RFC 9106) through libsodium.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::crypto {

struct Argon2idCost {
  std::uint32_t passes{3};
  std::uint64_t memory_bytes{64ULL * 1024 * 1024};
};

// Shape: salt of 16 bytes. Errors: invalid_argument for costs outside libsodium's limits; unavailable if the memory
// cannot be had.
[[nodiscard]] Result<Secret<32>> key_from_passphrase(BytesView passphrase, const ByteArray<16>& salt,
                                                     Argon2idCost cost);

}  // namespace lindung::crypto
