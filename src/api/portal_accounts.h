// Accounts in the portal: one-time codes, registration, sessions and devices (docs/portal-api.md). Passkeys and
// approvals are in portal_passkeys.h.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "api/portal_ground.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"
#include "people/accounts.h"
#include "people/caller.h"

namespace lindung::api {

[[nodiscard]] std::vector<http::Route> portal_accounts_routes(const PortalSource& source);

// What GET session says.
[[nodiscard]] Result<boost::json::object> describe_session(const PortalGround& ground, const people::Caller& caller);
// The answer to a sign-in, with the session's cookie. `before` is who was signed in in this browser: that session ends.
[[nodiscard]] Result<http::Response> answer_sign_in(const PortalGround& ground, const people::Caller& before,
                                                    const people::SignedIn& done);
// The browser's name for itself, from the field "device" of a body. Errors: malformed.
[[nodiscard]] Result<std::string> device_of(const boost::json::object& body);

}  // namespace lindung::api
