// A code that is handed to one person and serves once: 128 random bits in letters and digits that a person can type.
// Only its digest is kept.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::service {

// "K7QX-3M2P-9ABC-DEFG-HJKM-NPQR-ST"
[[nodiscard]] std::string make_one_time_code();
// Reads it in either case, with or without hyphens and spaces. Errors: malformed for what is no such code.
[[nodiscard]] Result<Hash> one_time_code_digest(std::string_view text);

}  // namespace lindung::service
