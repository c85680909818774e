// POST /v1/partner/par: a partner's signed request for a consent. POST /v1/partner/token: its sealed redemption of the
// code. GET /.well-known/lindung-consent-keys: what verifies receipts and webhooks.
#pragma once

#include <vector>

#include "api/borrow.h"
#include "gateway/consent_door.h"
#include "http/router.h"
#include "people/portal_terms.h"
#include "service/platform.h"

namespace lindung::api {

// What the routes work on; alive as long as `use` runs.
struct ConsentGround {
  const gateway::ConsentDoor& door;
  const service::Platform& platform;
  const people::PortalTerms& terms;
};
// Errors: sealed.
using ConsentSource = Source<const ConsentGround>;

[[nodiscard]] std::vector<http::Route> consent_routes(const ConsentSource& source);

}  // namespace lindung::api
