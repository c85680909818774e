// `lindung serve`: one node by its configuration, sealed until somebody unseals it.
#pragma once

#include "base/result.h"
#include "server/config.h"
#include "server/travel_config.h"

namespace lindung::server {

// Serves until SIGTERM or SIGINT.
[[nodiscard]] Result<void> run_server(Config config);

// `lindung travel serve`: the same for a travel installation.
[[nodiscard]] Result<void> run_travel_server(TravelConfig config);

}  // namespace lindung::server
