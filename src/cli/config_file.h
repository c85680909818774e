// The configuration of `lindung serve` as a file on this machine.
#pragma once

#include <string>

#include "base/result.h"
#include "server/config.h"

namespace lindung::cli {

// Errors: invalid_argument with every problem of the file, one a line, "PATH: line 7: …"; not_found, io, too_large.
[[nodiscard]] Result<server::Config> read_config(const std::string& path);

}  // namespace lindung::cli
