#include "api/portal_citizen.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "api/portal_ground.h"
#include "http/router.h"

namespace lindung::api {

std::vector<http::Route> portal_citizen_routes(const PortalSource& source) {
  auto routes = portal_visit_routes(source);
  std::ranges::move(portal_health_routes(source), std::back_inserter(routes));
  std::ranges::move(portal_right_routes(source), std::back_inserter(routes));
  std::ranges::move(portal_delegation_routes(source), std::back_inserter(routes));
  return routes;
}

}  // namespace lindung::api
