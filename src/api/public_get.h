// What public routes have in common: proofs as JSON, numbers of a query.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/public_routes.h"
#include "base/bytes.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

// The text behind `name` in "index=5&size=9". Errors: malformed when it is not there exactly once.
[[nodiscard]] Result<std::string_view> query_text(std::string_view query, std::string_view name);
// Errors: likewise, and for no number.
[[nodiscard]] Result<std::uint64_t> query_number(std::string_view query, std::string_view name);

[[nodiscard]] boost::json::array proof_json(const std::vector<Hash>& proof);

// A route for anyone, on a worker; errors become problems.
using PublicAnswer = std::function<Result<http::Response>(const PublicGround&, const http::Request&)>;
[[nodiscard]] http::Route public_get(std::string path, const PublicSource& source, PublicAnswer answer);

}  // namespace lindung::api
