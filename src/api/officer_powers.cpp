#include "api/officer_powers.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "service/officer_roles.h"

namespace lindung::api {

namespace {

using service::OfficerRole;
using Mask = std::uint32_t;

constexpr Mask of(OfficerRole role) { return 1U << static_cast<unsigned>(role); }
constexpr Mask partners = of(OfficerRole::partners);
constexpr Mask health = of(OfficerRole::health_office);
constexpr Mask border = of(OfficerRole::border);
constexpr Mask security = of(OfficerRole::security);
constexpr Mask auditor = of(OfficerRole::auditor);
constexpr Mask operations = of(OfficerRole::operations);
constexpr Mask everybody = partners | health | border | security | auditor | operations;

struct Power {
  std::string_view command;  // its name; or all of a group, "partner/*", where the name itself does not stand here
  Mask roles;
};

constexpr std::array powers{
    Power{"partner/list", everybody},
    Power{"partner/traffic", partners | security | auditor | operations},
    Power{"partner/cut", partners | security},
    Power{"partner/suspend", partners | security},
    Power{"partner/canary-plant", partners | security},
    Power{"partner/canary-list", partners | security | auditor},
    Power{"partner/*", partners},
    Power{"link/*", partners},
    Power{"venue/applications", partners | health | auditor},
    Power{"venue/list", partners | health | auditor | operations},
    Power{"venue/*", partners | health},
    Power{"status", everybody},
    Power{"log/status", everybody},
    Power{"log/consents", auditor | operations},
    Power{"log/*", operations},
    Power{"issuer/list", health | auditor | security},
    Power{"issuer/revoke-key", health | security},
    Power{"issuer/*", health},
    Power{"import", health | operations},
    Power{"import/progress", health | auditor | operations},
    Power{"batch/list", health | auditor | security},
    Power{"batch/*", health},
    Power{"quarantine/list", health | auditor | security},
    Power{"quarantine/*", health},
    Power{"citizen/find", health | auditor | security},
    Power{"citizen/*", health},
    Power{"delegation/*", health},
    Power{"why", health | auditor},
    Power{"rules/list", everybody},
    Power{"rules/show", everybody},
    Power{"rules/derivation", health | auditor | operations},
    Power{"rules/impact", health | auditor},
    Power{"rules/impact-part", health | auditor},
    Power{"rules/*", health},
    Power{"retention/*", operations},
    Power{"backup", operations},
    Power{"officer/list", everybody},
    Power{"officer/lookups", auditor | security},
    Power{"officer/*", operations},
    Power{"token/*", security},
    Power{"trace/list", health | auditor},
    Power{"trace/*", health},
    Power{"override/counts", everybody},
    Power{"override/bases", everybody},
    Power{"override/list", health | auditor},
    Power{"override/*", health},
    Power{"dispute/list", health | auditor},
    Power{"dispute/*", health},
    Power{"notice/list", health | auditor},
    Power{"account/*", health},
    Power{"delegation/*", health},
    Power{"register/load", health | operations},
    Power{"sandbox/*", operations},
    Power{"pki/list", border | auditor | security | operations},
    Power{"pki/signers", border | auditor | security | operations},
    Power{"pki/revoke", border | security},
    Power{"pki/*", border | operations},
    Power{"certificate/logged", border | auditor},
    Power{"certificate/list", health | border | auditor},
    Power{"certificate/*", health | border},
    Power{"pass/keys", everybody},
    Power{"pass/*", health},
    Power{"reporter/*", health},
    Power{"report-office/*", health},
    Power{"report-held/*", health},
    Power{"surveillance/*", health | auditor},
    Power{"triage/*", health},
    Power{"report/*", health},
    Power{"incident/list", everybody},
    Power{"incident/show", security | auditor},
    Power{"incident/*", security},
    Power{"evidence/*", security | auditor},
    Power{"decommission/*", operations},
    Power{"disclosure/*", security},
    Power{"legal/*", auditor | security},
};

// They read or write files of the machine that the server runs on, or need what only the command line makes.
constexpr std::array not_for_browsers{
    std::string_view{"import"},          std::string_view{"log/export"},      std::string_view{"backup"},
    std::string_view{"officer/passkey"}, std::string_view{"officer/add"},     std::string_view{"partner/sign-pact"},
    std::string_view{"account/list"},    std::string_view{"delegation/list"}, std::string_view{"citizen/print"},
    std::string_view{"register/load"},   std::string_view{"sandbox/links"},   std::string_view{"sandbox/doors"}};

const Power* find(std::string_view command) noexcept {
  const auto* const exact = std::ranges::find(powers, command, &Power::command);
  if (exact != powers.end()) return exact;
  const auto slash = command.find('/');
  if (slash == std::string_view::npos) return nullptr;
  const auto* const group = std::ranges::find_if(powers, [&](const Power& each) {
    return each.command.ends_with("/*") &&
           each.command.substr(0, each.command.size() - 1) == command.substr(0, slash + 1);
  });
  return group == powers.end() ? nullptr : group;
}

}  // namespace

bool may_give(const service::OfficerRoles& roles, std::string_view command) noexcept {
  const auto* power = find(command);
  if (power == nullptr) return false;
  return std::ranges::any_of(roles, [&](OfficerRole role) { return (power->roles & of(role)) != 0; });
}

bool is_in_powers(std::string_view command) noexcept { return find(command) != nullptr; }

bool is_for_browsers(std::string_view command) noexcept {
  return std::ranges::find(not_for_browsers, command) == not_for_browsers.end();
}

}  // namespace lindung::api
