// Texts of other encodings to UTF-8: what spreadsheets write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lindung::codec {

// UTF-16 behind its byte order mark, FF FE or FE FF. Half a surrogate pair, and half a unit at the end, become U+FFFD.
// None if no such mark stands in front.
[[nodiscard]] std::optional<std::string> utf16_to_utf8(BytesView text);

// None if a byte is one of the five that Windows-1252 does not assign. Source: unicode.org, CP1252.TXT.
[[nodiscard]] std::optional<std::string> windows1252_to_utf8(std::string_view text);

}  // namespace lindung::codec
