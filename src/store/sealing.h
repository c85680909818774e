// Sealed rows: personal fields leave the program only as AES-256-GCM ciphertext that is bound to its place, so that a
// database administrator can neither read a row nor swap, rename or replay one into another place.
//
// Every row has a key of its own, derived from the data key and the row's address: random 96-bit nonces then repeat
// only if one row is written 2^32 times, however many rows there are (NIST SP 800-38D section 8.3).
//   row key = HMAC-SHA256(data key, "lindung row v1" | table | 0x00 | primary key)
//   aad     = table | 0x00 | len(primary key)(4) | primary key | version(4)
// Not here: freshness. An older sealed value of the same row, put back by the database's owner, opens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "store/ring.h"

namespace lindung::store {

// Where a sealed value stands. Shape: `table` without zero bytes (name the column too if a row has several sealed
// ones).
struct RowAddress {
  std::string_view table;
  BytesView primary_key;
  std::uint32_t version{};  // of the format of the plaintext
};

// What sealing adds to the length of a plaintext.
inline constexpr std::size_t row_overhead = 1 + 2 + 12 + 16;  // format | key epoch | nonce | … | tag
inline constexpr std::size_t under_overhead = 1 + 12 + 16;    // format | nonce | … | tag

// Rows under the ring's data key, the newest to seal and the one named in the row to open. Thread-safe; keeps no keys.
class RowSealer {
 public:
  explicit RowSealer(const KeyRing& ring) noexcept : ring_{&ring} {}
  // Shape: plaintext.size() + row_overhead bytes. Errors: sealed; not_found if the ring has no row key.
  [[nodiscard]] Result<Bytes> seal(const RowAddress& address, BytesView plaintext) const;
  // Errors: sealed; denied if the data key was destroyed; corrupt if it does not open at this address.
  [[nodiscard]] Result<Bytes> open(const RowAddress& address, BytesView sealed) const;

 private:
  const KeyRing* ring_;
};

// Rows under a key at hand: a period's, a citizen's, or both combined.
// Shape: plaintext.size() + under_overhead bytes.
[[nodiscard]] Bytes seal_under(const Secret<32>& key, const RowAddress& address, BytesView plaintext);
// Errors: corrupt if it does not open under this key at this address.
[[nodiscard]] Result<Bytes> open_under(const Secret<32>& key, const RowAddress& address, BytesView sealed);

// A key that is lost as soon as either one is: HMAC-SHA256(first, "lindung combined key v1" | second).
[[nodiscard]] Secret<32> combine(const Secret<32>& first, const Secret<32>& second) noexcept;

// A citizen's own key (32 random bytes) as it is stored, wrapped under the newest citizen_wrap key and bound to the
// citizen. To erase a citizen, delete this one row.
// Errors: sealed; not_found if the ring has no citizen_wrap key.
[[nodiscard]] Result<Bytes> wrap_citizen_key(const KeyRing& ring, const CitizenRef& citizen, const Secret<32>& key);
// Errors: sealed; denied if the wrapping key was destroyed; corrupt if it is not this citizen's wrapped key.
[[nodiscard]] Result<Secret<32>> unwrap_citizen_key(const KeyRing& ring, const CitizenRef& citizen, BytesView wrapped);

}  // namespace lindung::store
