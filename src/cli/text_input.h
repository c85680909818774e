// Texts that a command is given: as an argument, or, written "-", from standard input, since every user of the machine
// can read the arguments of a process.
#pragma once

#include <string>

#include "base/result.h"

namespace lindung::cli {

// Errors: too_large for more than 4096 bytes.
[[nodiscard]] Result<std::string> text_input(const std::string& argument);

// The text of a certificate: "-" is standard input, the name of a file its content, anything else the text itself. Line
// ends behind it are left out.
[[nodiscard]] std::string certificate_text(const std::string& argument);

}  // namespace lindung::cli
