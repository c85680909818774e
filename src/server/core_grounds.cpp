// What the core lends to the routes of each listener.
#include "api/admin.h"
#include "api/consent_routes.h"
#include "api/public_routes.h"
#include "api/report_routes.h"
#include "api/verify_route.h"
#include "server/core.h"
#include "server/portal_parts.h"

namespace lindung::server {

api::AdminGround Core::admin_ground() noexcept {
  return {.command = {},
          .platform = *platform_,
          .publisher = *publisher_,
          .exchange = *exchange_,
          .gate = gate_,
          .rule_terms = rule_terms_,
          .impacts = impacts_,
          .trust = trust_,
          .is_sandbox = is_sandbox_};
}

api::VerifyGround Core::verify_ground() noexcept {
  return {.door = *verify_door_, .platform = *platform_, .trust = trust_, .counters = verified_, .own = own_trust_};
}

api::ReportGround Core::report_ground() noexcept {
  return {.door = *report_door_, .fhir_door = *report_fhir_door_, .platform = *platform_};
}

api::ConsentGround Core::consent_ground() noexcept {
  return {.door = *consent_door_, .platform = *platform_, .terms = portal_->terms};
}

api::PublicGround Core::public_ground() noexcept {
  return {.ring = ring_,
          .directory = directory_,
          .publisher = *publisher_,
          .clock = clock_,
          .platform = *platform_,
          .disclosure = disclosure_,
          .disclosure_limit = disclosure_limit_,
          .is_sandbox = is_sandbox_};
}

}  // namespace lindung::server
