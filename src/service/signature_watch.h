// Where partners' signed requests come from, good and bad, counted in memory behind the door: by partner, hour and
// place. Detectors read it by the clock; nothing of it reaches an answer.
//
// A place is the prefix of the address that connected (/24, /48), known as a digest under a key of the ring only.
// Behind a proxy it is the proxy's: then all requests come from one place, and nothing is seen here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "store/ring.h"

namespace lindung::service {

// Thread-safe.
class SignatureWatch {
 public:
  using Place = ByteArray<8>;

  // Before it nothing is counted. Errors: those of the ring.
  [[nodiscard]] Result<void> load(const store::KeyRing& ring);
  void use_key(BytesView key);

  // A request under a key of this partner; of an unknown key the partner is empty: the same work, and forgotten.
  // Shape: `peer` is an address as a number, or empty.
  void look(const PartnerId& partner, std::string_view peer, bool is_good, Moment at);

  struct Where {
    PartnerId partner;
    std::uint32_t hour{};
    Place place{};
    friend auto operator<=>(const Where&, const Where&) = default;
  };
  struct Count {
    std::uint64_t good{};
    std::uint64_t failed{};
  };
  using Counts = std::map<Where, Count>;
  // Since the last call, without those of nobody; put_back() undoes it, for a database that did not take them.
  [[nodiscard]] Counts take();
  void put_back(const Counts& counts);

  // At once; failures from further ones are counted as from one place that is nowhere.
  static constexpr std::size_t most_places = 4096;

 private:
  mutable std::mutex mutex_;
  std::optional<crypto::HmacKey> key_;
  Counts counts_;
};

}  // namespace lindung::service
