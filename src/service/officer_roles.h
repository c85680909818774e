// What an officer is there for: a closed list, stored with the officer. Which commands a role may give is one table
// (api/officer_powers.h). An officer without a role is one of a key alone, as before there were roles: at the socket
// they may give every command, in a browser none.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::service {

// The numbers stand in stored rows.
enum class OfficerRole : std::uint8_t {
  partners = 1,       // apps that ask: pact, keys, quotas, the cut
  health_office = 2,  // records, issuers, rules, people at a desk
  border = 3,         // certificates, keys and trust lists
  security = 4,       // incidents, canaries, attribution, the cut
  auditor = 5,        // reads, and looks people up for a purpose
  operations = 6,     // the installation and its officers
};
inline constexpr std::array all_officer_roles{OfficerRole::partners, OfficerRole::health_office,
                                              OfficerRole::border,   OfficerRole::security,
                                              OfficerRole::auditor,  OfficerRole::operations};
[[nodiscard]] std::string_view name_of(OfficerRole role) noexcept;  // "health-office"

using OfficerRoles = std::set<OfficerRole>;

// "partners,auditor"; and back. Errors: invalid_argument for a word that is no role.
[[nodiscard]] Result<OfficerRoles> parse_officer_roles(std::string_view words);
[[nodiscard]] std::string text_of(const OfficerRoles& roles);

// In place of those that the officer has. Errors: not_found for an officer who is not registered.
[[nodiscard]] Result<void> set_officer_roles(const Platform& platform, const OfficerId& officer,
                                             const OfficerRoles& roles);
// None for an officer who has none, or who is not registered.
[[nodiscard]] Result<OfficerRoles> find_officer_roles(const Platform& platform, const OfficerId& officer);

}  // namespace lindung::service
