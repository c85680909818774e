// POST /v1/partner/exchange: one sealed question, one sealed answer (protocol.md sections 4 and 5).
// POST /v1/partner/bundle: up to 64 of them at once (docs/adr/0015-bundles.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "base/time.h"
#include "gateway/door.h"
#include "http/router.h"
#include "service/exchange.h"

namespace lindung::api {

// A shorter wrong length is `malformed`, not `too-large` (protocol.md section 8).
inline constexpr std::size_t exchange_body_limit = 64UL * 1024;
inline constexpr std::chrono::seconds exchange_deadline{5};

// Answers one request, now or from a database thread later. `keep` is held until then: it owns door and exchange.
void answer_exchange(const gateway::Door& door, service::Exchange& exchange, const Clock& clock,
                     const http::Request& request, http::Responder responder, std::shared_ptr<void> keep);
void answer_bundle(const gateway::Door& door, service::Exchange& exchange, const Clock& clock,
                   const http::Request& request, http::Responder responder, std::shared_ptr<void> keep);

}  // namespace lindung::api
