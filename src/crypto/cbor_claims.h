// What CBOR from a stranger claims to hold, looked at before a library believes it: libcbor, which libfido2 reads with,
// asks for the memory of a whole array or map when it sees the head. Not by codec/, which stands on the same floor.
#pragma once

#include "base/bytes.h"

namespace lindung::crypto {

// True when the heads of one or several CBOR items, read front to back, claim no more items and no longer strings than
// there are bytes for: each item takes one at least. Not that they are well-formed. Source: RFC 8949 section 3.
[[nodiscard]] bool claims_fit(BytesView items) noexcept;

}  // namespace lindung::crypto
