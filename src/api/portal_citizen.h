// A citizen's area of the portal (docs/portal-api.md, Citizen).
#pragma once

#include <vector>

#include "api/portal_ground.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> portal_citizen_routes(const PortalSource& source);
// Its parts.
[[nodiscard]] std::vector<http::Route> portal_visit_routes(const PortalSource& source);   // status, doors, passes
[[nodiscard]] std::vector<http::Route> portal_health_routes(const PortalSource& source);  // records to notices
[[nodiscard]] std::vector<http::Route> portal_right_routes(const PortalSource& source);
[[nodiscard]] std::vector<http::Route> portal_delegation_routes(const PortalSource& source);

}  // namespace lindung::api
