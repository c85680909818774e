// What the portal is called and where it stands. A passkey belongs to a name (WebAuthn, "relying party identifier"), so
// the origin is configured and never taken from a request.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::people {

struct PortalTerms {
  std::string origin;         // "https://lindung.example" or "http://localhost:8080": no path, no slash at its end
  std::string relying_party;  // its host: "lindung.example"
};

// Errors: invalid_argument unless it is https with a host name, or http with localhost, as a browser writes an origin
// (RFC 6454 section 6.2: lower case, the port only where it is not the scheme's own).
[[nodiscard]] Result<PortalTerms> portal_terms(std::string_view origin);

}  // namespace lindung::people
