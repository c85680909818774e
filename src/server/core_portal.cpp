// What the core has for the portal: its parts, and the ground that its routes stand on.
#include <memory>
#include <utility>

#include "api/citizen_parts.h"
#include "api/portal_ground.h"
#include "base/result.h"
#include "people/one_time_codes.h"
#include "server/core.h"
#include "server/data_folder.h"
#include "server/message_provider.h"
#include "server/portal_parts.h"

namespace lindung::server {

Result<void> Core::open_portal(const DataFolder& folder, CoreOptions& options) {
  auto messages = open_messages(options.messages, folder);
  if (messages.has_error()) return fail("the messages", messages.error());
  portal_ = std::make_unique<PortalParts>(*platform_, std::move(messages).value(), std::move(options.portal));
  return ok();
}

Result<void> Core::forget_old_sessions() const {
  TRYV(people::forget_old_tries(*platform_));
  return portal_->sessions.forget_old();
}

api::PortalGround Core::portal_ground() noexcept {
  return {.platform = *platform_,
          .publisher = *publisher_,
          .exchange = *exchange_,
          .gate = gate_,
          .sessions = portal_->sessions,
          .messages = *portal_->messages,
          .terms = portal_->terms,
          .identity = portal_->identity,
          .code_limit = portal_->code_limit,
          .citizens = *citizens_,
          .is_sandbox = is_sandbox_};
}

}  // namespace lindung::server
