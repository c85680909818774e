// Whether bytes are UTF-8 (RFC 3629): for texts in log entries and signed notes.
#pragma once

#include <string_view>

namespace lindung::codec {

// False for a sequence cut short, longer than the shortest, a surrogate half, or beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace lindung::codec
