// The configuration of `lindung serve` as a file on this machine.
#pragma once

#include <string>

#include "base/result.h"
#include "server/config.h"
#include "server/travel_config.h"

namespace lindung::cli {

// Errors: invalid_argument with every problem of the file, one a line, "PATH: line 7: …"; not_found, io, too_large.
[[nodiscard]] Result<server::Config> read_config(const std::string& path);

// Of `lindung travel serve`. Errors: as read_config().
[[nodiscard]] Result<server::TravelConfig> read_travel_config(const std::string& path);

}  // namespace lindung::cli
