// What the world may know of the certificates that we issue: who signs them, which were taken back, and where the log
// holds a signature.
#pragma once

#include <vector>

#include "api/public_routes.h"
#include "http/router.h"

namespace lindung::api {

// GET /.well-known/jwks.json and /.well-known/crl/{kid}.json, as SMART Health Cards are looked up, and
// GET /v1/certificates/signers, …/revocations and …/logged.
[[nodiscard]] std::vector<http::Route> certificate_routes(const PublicSource& source);

}  // namespace lindung::api
