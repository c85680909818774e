// A problem document as its receiver reads it (RFC 9457; protocol.md section 8).
#pragma once

#include "base/error.h"
#include "http/client.h"

namespace lindung::gateway {

// The error that a response names, with its detail; number: of Retry-After, seconds. A response that names none is
// `unavailable`.
[[nodiscard]] Error read_problem(const http::ClientResponse& response);

}  // namespace lindung::gateway
