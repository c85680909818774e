// Officers in the portal (docs/portal-api.md): the operator's commands by passkey. What runs is what the passkey's
// challenge was made of, and it runs by the same table as at the socket.
#pragma once

#include <memory>
#include <vector>

#include "api/admin.h"
#include "api/command_table.h"
#include "api/portal_ground.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> portal_officer_routes(const PortalSource& source, const GroundSource& commands,
                                                             const std::shared_ptr<const CommandTable>& table);

}  // namespace lindung::api
