// Automatic check-out: visits that lasted their category's longest stay are ended, so that occupancy is right for those
// who forgot to check out.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "service/platform.h"

namespace lindung::service {

// Ends all visits that were due before now; returns how many. Safe on several nodes at once.
[[nodiscard]] Result<std::uint64_t> end_overdue_visits(const Platform& platform);

}  // namespace lindung::service
