// GET looks: who looked at a citizen, each with what proves it in the log (docs/portal-api.md).
#pragma once

#include <vector>

#include "api/portal_ground.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> portal_look_routes(const PortalSource& source);

}  // namespace lindung::api
