// base45 (RFC 9285), the letters of a QR code's alphanumeric mode: strict, one spelling for each byte string.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::codec {

[[nodiscard]] std::string base45(BytesView bytes);

// Errors: malformed for a character outside the alphabet, an impossible length, or a group above what its bytes hold.
[[nodiscard]] Result<Bytes> from_base45(std::string_view text);

}  // namespace lindung::codec
