// Automatic check-out: visits that lasted their category's longest stay are ended, so that occupancy is right for those
// who forgot to check out.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/visit.h"
#include "store/database.h"

namespace lindung::service {

// Ends all visits that were due before now; returns how many. Safe on several nodes at once.
[[nodiscard]] Result<std::uint64_t> end_overdue_visits(const Platform& platform);

// Ends one open visit, in a unit that holds the head of the log: event, row and occupancy.
[[nodiscard]] Result<void> end_open_visit(store::Transaction& transaction, const Platform& platform,
                                          const OpenPerson& person, const OpenVisit& visit, VisitPart part,
                                          Moment out_at);

}  // namespace lindung::service
