// Takes over what other nodes on the same database changed: partners and keys, canaries, venues. Nothing of it decides
// an answer but the venues; what a cut, a withdrawal or a revocation changes is read under the head of the log.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "service/platform.h"

namespace lindung::service {

// Used by one thread.
class Follower {
 public:
  explicit Follower(const Platform& platform) : platform_{platform} {}
  // Errors: the database's own.
  [[nodiscard]] Result<void> look();

 private:
  // Venues are many, change rarely, and each change adds or ends one of these.
  struct VenueCounts {
    std::int64_t venues{-1}, keys{}, revoked{};
    friend bool operator==(const VenueCounts&, const VenueCounts&) = default;
  };

  const Platform& platform_;
  VenueCounts counts_;
};

}  // namespace lindung::service
