// Venues in the portal (docs/portal-api.md): who runs a place registers it, prints its poster, shows its screen, and
// sees how many are inside.
#pragma once

#include <vector>

#include "api/portal_ground.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> portal_venue_routes(const PortalSource& source);

}  // namespace lindung::api
