// Requests for consents at rest: sealed under the ring, since nobody's key can be over what nobody has opened yet.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::people {

// The numbers stand in rows. What has expired is no state: the clock says it.
enum class RequestState : std::uint8_t { pending = 1, approved = 2, refused = 3, redeemed = 4 };

struct StoredRequest {
  Hash digest{};  // of its reference; finds it
  PartnerId partner{};
  RequestState state{RequestState::pending};
  Moment expires{};  // of the request, then of its code
  std::vector<domain::Purpose> purposes{};
  domain::Profile profile{domain::Profile::colour};
  std::chrono::days period{};
  Hash challenge{};
  std::string redirect_uri{};
  std::string state_text{};  // the partner's own `state`
  // From the approval on.
  std::optional<CitizenRef> citizen{};
  // From the redemption on.
  RequestId redeemed_as{};
  domain::ConsentId consent{};
  Moment until{};
  std::uint64_t log_index{};
};

[[nodiscard]] Result<void> put_request(store::Transaction& transaction, const store::KeyRing& ring,
                                       const StoredRequest& request);
// Nothing where there is none. Who decides on it holds the head of the log.
[[nodiscard]] Result<std::optional<StoredRequest>> find_request(store::Transaction& transaction,
                                                                const store::KeyRing& ring, const Hash& digest);

// SHA-256("lindung consent request v1" | 0x00 | reference digest | stored form): what an approval is made over.
[[nodiscard]] Hash approval_digest(const StoredRequest& request);

}  // namespace lindung::people
