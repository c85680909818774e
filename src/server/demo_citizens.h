// The citizens of a demo in an order that never changes, whoever is imported later: so each keeps partner and token.
#pragma once

#include <cstddef>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::server {

struct DemoCitizen {
  CitizenRef ref;
  std::size_t place{};  // in the order; says which partner is theirs
};

// Puts everybody who has no place yet behind the others.
[[nodiscard]] Result<void> enrol_citizens(const service::Platform& platform);

// Those who are enrolled and have not been erased, in order.
[[nodiscard]] Result<std::vector<DemoCitizen>> enrolled_citizens(const service::Platform& platform);

}  // namespace lindung::server
