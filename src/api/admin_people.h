// What a health office does for people in front of it.
#pragma once

#include <vector>

#include "api/admin.h"

namespace lindung::api {

[[nodiscard]] std::vector<AdminCommand> people_commands();  // delegation, citizen print

}  // namespace lindung::api
