// POST /v1/partner/exchange: one sealed question, one sealed answer (protocol.md sections 4 and 5).
#pragma once

#include "base/time.h"
#include "gateway/door.h"
#include "http/router.h"
#include "service/exchange.h"

namespace lindung::api {

// The parts outlive the route.
[[nodiscard]] http::Route exchange_route(const gateway::Door& door, service::Exchange& exchange, const Clock& clock);

}  // namespace lindung::api
