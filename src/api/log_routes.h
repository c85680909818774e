// The transparency log as anybody reads it: checkpoint, key, tiles, bundles and proofs (protocol.md section 11).
#pragma once

#include <vector>

#include "api/borrow.h"
#include "http/router.h"
#include "service/log_publisher.h"

namespace lindung::api {

// Errors: sealed, unavailable.
using LogSource = Source<service::LogPublisher>;

// GET /log/*, /log/proof/inclusion, /log/proof/consistency.
[[nodiscard]] std::vector<http::Route> log_routes(const LogSource& source);

}  // namespace lindung::api
