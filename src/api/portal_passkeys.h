// Passkeys and approvals in the portal (docs/portal-api.md).
#pragma once

#include <vector>

#include "api/portal_ground.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> portal_passkeys_routes(const PortalSource& source);

}  // namespace lindung::api
