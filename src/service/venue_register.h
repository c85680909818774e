// All venues in memory, with their keys, and the check of the code at a door. Venues are few (tens of thousands) and
// change rarely; a code is checked before the link is looked up, always (protocol.md section 5).
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "domain/venue.h"

namespace lindung::service {

class VenueRegister {
 public:
  // Posters verified at most so many before the cache is emptied: 32 bytes each.
  static constexpr std::size_t verified_posters_max = 65'536;

  void put(domain::Venue venue);
  [[nodiscard]] std::shared_ptr<const domain::Venue> find(const VenueId& id) const;

  // The venue whose genuine and current code this is; null for anything else. Thread-safe; called before the batch.
  [[nodiscard]] std::shared_ptr<const domain::Venue> check(BytesView code, Moment now) const;

 private:
  [[nodiscard]] bool was_verified(const Hash& digest) const;
  void remember(const Hash& digest) const;

  struct HashOfHash {
    std::size_t operator()(const Hash& hash) const noexcept;
  };
  mutable std::shared_mutex mutex_;
  std::unordered_map<VenueId, std::shared_ptr<const domain::Venue>> venues_;
  mutable std::shared_mutex posters_mutex_;
  mutable std::unordered_set<Hash, HashOfHash> verified_posters_;
};

}  // namespace lindung::service
