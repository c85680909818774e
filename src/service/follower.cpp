#include "service/follower.h"

#include "base/result.h"
#include "service/canaries.h"
#include "service/platform.h"
#include "service/venues.h"
#include "store/database.h"

namespace lindung::service {

Result<void> Follower::look() {
  TRYV(platform_.refresh_directory());
  TRYV(load_canaries(platform_));
  VenueCounts counts;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT (SELECT COUNT(*) FROM venue), (SELECT COUNT(*) FROM venue_key), "
                                    "(SELECT COUNT(*) FROM venue_key WHERE revoked_at IS NOT NULL)"},
                         {}, [&](const store::Row& row) {
                           counts = {.venues = row.integer(0), .keys = row.integer(1), .revoked = row.integer(2)};
                         }));
    return ok();
  }));
  if (counts == counts_) return ok();
  TRYV(load_venues(platform_));
  counts_ = counts;
  return ok();
}

}  // namespace lindung::service
