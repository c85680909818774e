// The disclosure inbox on the public listener: security.txt, a form for people, an endpoint for programs, what became
// of a message, and how many wait. Where the configuration names no team's key all of it is 404.
#pragma once

#include <vector>

#include "api/public_routes.h"
#include "http/router.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> disclosure_routes(const PublicSource& source);

}  // namespace lindung::api
