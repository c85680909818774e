// The operator's commands about consents: where partners may be answered and told, and `log verify --consents`.
#pragma once

#include <vector>

#include "api/admin.h"

namespace lindung::api {

[[nodiscard]] std::vector<AdminCommand> consent_commands();  // partner redirect, partner webhook, log consents

}  // namespace lindung::api
