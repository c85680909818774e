// A certificate as a command is given it: its text, or a file with its text or with a picture of its code.
#pragma once

#include <string>

#include "base/result.h"

namespace lindung::cli {

// "-" is standard input, the name of a file its content, anything else the text itself. Line ends behind a text are
// left out. Errors: of a picture, those of image::read_codes() and cert::text_of_codes().
[[nodiscard]] Result<std::string> certificate_text(const std::string& argument);

}  // namespace lindung::cli
