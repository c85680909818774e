// Bodies of plain HTML forms (application/x-www-form-urlencoded) under limits.
// Source: WHATWG URL, "application/x-www-form-urlencoded parsing".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::codec {

// The one field of this name. Errors: malformed when it is not there exactly once, for a broken %-escape, or for text
// that is not UTF-8; too_large when it is longer than `limit` once read.
[[nodiscard]] Result<std::string> form_field(std::string_view body, std::string_view name, std::size_t limit);

}  // namespace lindung::codec
