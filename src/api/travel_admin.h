// What the operator of a travel installation commands, over the socket of its own data folder: POST /admin/travel/….
#pragma once

#include <vector>

#include "api/travel_ground.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> travel_admin_routes(const TravelSource& source);

}  // namespace lindung::api
