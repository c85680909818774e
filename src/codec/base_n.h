// hex, base32, base64 and base64url (RFC 4648), strict: one spelling for each byte string and no other accepted.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::codec {

[[nodiscard]] std::string hex(BytesView bytes);        // lower case
[[nodiscard]] std::string base32(BytesView bytes);     // A-Z2-7, no padding
[[nodiscard]] std::string base64(BytesView bytes);     // padded
[[nodiscard]] std::string base64url(BytesView bytes);  // no padding

// Errors (all): malformed for a foreign character, an impossible length, wrong padding or non-zero pad bits.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);  // either case
[[nodiscard]] Result<Bytes> from_base32(std::string_view text);
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);
[[nodiscard]] Result<Bytes> from_base64url(std::string_view text);

// The same into a fixed size; malformed for any other length.
[[nodiscard]] Result<void> from_hex(std::string_view text, MutableBytes out);
[[nodiscard]] Result<void> from_base64(std::string_view text, MutableBytes out);
[[nodiscard]] Result<void> from_base64url(std::string_view text, MutableBytes out);

}  // namespace lindung::codec
