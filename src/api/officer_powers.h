// Which commands a role may give: one table, of every command that there is. It binds an officer with roles wherever
// they command, at the socket and in a browser.
#pragma once

#include <string_view>

#include "service/officer_roles.h"

namespace lindung::api {

// False for a command that the table does not have.
[[nodiscard]] bool may_give(const service::OfficerRoles& roles, std::string_view command) noexcept;
// Whether the table has it, by its name or its group.
[[nodiscard]] bool is_in_powers(std::string_view command) noexcept;
// Whether a browser may call it at all: not those that take or make files of the server.
[[nodiscard]] bool is_for_browsers(std::string_view command) noexcept;

}  // namespace lindung::api
