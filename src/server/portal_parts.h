// What the portal's routes need while the ring is unsealed: its name, sessions, the way to telephones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "people/civil_register.h"
#include "people/messages.h"
#include "people/portal_terms.h"
#include "people/sessions.h"
#include "service/address_limit.h"
#include "service/platform.h"

namespace lindung::server {

// `configured`, or else https with the first authority, where that is a name, or else http://localhost:PORT.
// Errors: invalid_argument for a configured origin that is none.
[[nodiscard]] Result<people::PortalTerms> terms_of(std::string_view configured, bool https,
                                                   const std::string& authority, std::uint16_t port);

struct PortalParts {
  // `platform` outlives them.
  PortalParts(const service::Platform& platform, std::unique_ptr<people::Messages> way, people::PortalTerms its_terms);

  people::PortalTerms terms;
  people::Sessions sessions;
  people::CivilRegister identity;
  std::unique_ptr<people::Messages> messages;
  service::AddressLimit code_limit;
};

}  // namespace lindung::server
