// What the portal's routes reach: the platform, and what people's browsers need of it.
#pragma once

#include "api/borrow.h"
#include "api/citizen_parts.h"
#include "people/ground.h"
#include "people/identity.h"
#include "people/messages.h"
#include "people/portal_terms.h"
#include "people/sessions.h"
#include "service/address_limit.h"
#include "service/exchange.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "service/platform.h"

namespace lindung::api {

// Alive as long as the pointer that a PortalSource gave.
struct PortalGround {
  const service::Platform& platform;
  service::LogPublisher& publisher;
  const service::Exchange& exchange;
  const service::Gate& gate;
  const people::Sessions& sessions;
  people::Messages& messages;
  const people::PortalTerms& terms;
  const people::IdentityVerifier& identity;
  service::AddressLimit& code_limit;
  CitizenParts& citizens;
  bool is_sandbox{};
  [[nodiscard]] people::Ground people() const {
    return {.platform = platform, .sessions = sessions, .messages = messages, .terms = terms};
  }
};

// Errors: sealed.
using PortalSource = Source<const PortalGround>;

}  // namespace lindung::api
