// What a citizen does with partners' requests and with their own consents, in the portal (docs/portal-api.md).
#pragma once

#include <vector>

#include "api/portal_ground.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> portal_consent_routes(const PortalSource& source);

}  // namespace lindung::api
