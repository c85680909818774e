// The operator's commands of incidents, for the table of admin.cpp.
#pragma once

#include <vector>

#include "api/admin.h"

namespace lindung::api {

[[nodiscard]] std::vector<AdminCommand> incident_commands();

}  // namespace lindung::api
