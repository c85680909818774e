// The transparency log as anybody reads it: checkpoint, key, tiles, bundles and proofs (protocol.md section 11).
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "http/router.h"
#include "service/log_publisher.h"

namespace lindung::api {

// Errors: sealed, unavailable.
using LogSource = std::function<Result<void>(const std::function<void(service::LogPublisher&)>& use)>;

// GET /log/*, /log/proof/inclusion, /log/proof/consistency.
[[nodiscard]] std::vector<http::Route> log_routes(const LogSource& source);

}  // namespace lindung::api
