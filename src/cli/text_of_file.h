// What a command takes as a certificate: its text, a file with it or with its picture, or standard input.
#pragma once

#include <string>

#include "base/result.h"

namespace lindung::cli {

// "-" is standard input; the name of a file is its content, of a picture the text of the code in it; anything else is
// the text itself. Errors: those of image::read_codes and cert::text_of_codes.
[[nodiscard]] Result<std::string> text_of(const std::string& argument);

}  // namespace lindung::cli
