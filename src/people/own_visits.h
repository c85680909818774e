// Where a citizen has been, as far back as days are kept: for their own eyes.
#pragma once

#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "people/own_status.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::people {

// Privacy: where a person was.
struct OwnVisit {
  OwnVenue venue;
  Moment in;
  std::optional<Moment> out;  // none: it goes on
};
struct OwnVisits {
  Day from;                      // the first day that is not forgotten
  std::vector<OwnVisit> visits;  // newest first
};
// Errors: unavailable while the index of a day is far behind; corrupt; sealed.
[[nodiscard]] Result<OwnVisits> own_visits(const service::Platform& platform, const CitizenRef& citizen);

// How many are inside now.
[[nodiscard]] Result<std::uint64_t> count_inside(const service::Platform& platform, const VenueId& venue);

}  // namespace lindung::people
