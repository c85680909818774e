// What a public listener answers, as data: its routes and its problems. docs/openapi.yaml and docs/openapi-travel.yaml
// are checked against it.
#pragma once

#include <boost/json/object.hpp>
#include <memory>

#include "http/router.h"

namespace lindung::api {

// {"routes": [{method, path, access, body_limit, deadline_ms}], "problems": [{name, status, title, cause, mend}]}
[[nodiscard]] boost::json::object surface(const http::Router& router);

// POST /admin/api, also while the server is sealed.
[[nodiscard]] http::Route surface_route(std::shared_ptr<const http::Router> router);

}  // namespace lindung::api
