// A passphrase as an operator gives it.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace lindung::cli {

// The first line of the file; without one, a line from the terminal without echo, or from standard input when it is no
// terminal. Errors: invalid_argument for an empty one; not_found, io.
[[nodiscard]] Result<SecretBytes> read_passphrase(const std::string& file, const char* prompt);

}  // namespace lindung::cli
