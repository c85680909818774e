// Blind indexes: rows are found by a national number, a passport or a token through HMAC-SHA256 under a key of the
// ring, so that the database holds nothing that could be searched by trying all numbers without the ring. Privacy:
// equal values give equal indexes within one key; that is the purpose, and all that it shows.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "store/ring.h"

namespace lindung::store {

// Thread-safe; keeps no keys.
class BlindIndex {
 public:
  // Keys of class blind have this epoch: another one would have to re-index every row.
  static constexpr std::uint64_t epoch = 1;

  explicit BlindIndex(const KeyRing& ring) noexcept : ring_{&ring} {}
  // Under the key of the purpose ("nik", "passport", "import"). The caller brings `value` into its one spelling first.
  // Errors: sealed; not_found if the ring has no key for the purpose.
  [[nodiscard]] Result<Hash> of(std::string_view purpose, BytesView value) const;
  // Under any key, such as the index key of a partner's epoch (protocol.md section 7).
  // Errors: sealed; not_found; denied if the key was destroyed.
  [[nodiscard]] Result<Hash> of(const KeyName& name, BytesView value) const;

 private:
  const KeyRing* ring_;
};

}  // namespace lindung::store
