// `lindung serve`: one node by its configuration, sealed until somebody unseals it.
#pragma once

#include "base/result.h"
#include "server/config.h"

namespace lindung::server {

// Serves until SIGTERM or SIGINT.
[[nodiscard]] Result<void> run_server(Config config);

}  // namespace lindung::server
