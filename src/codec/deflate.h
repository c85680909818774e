// Makes compressed data as certificates hold them: as small as zlib gets them, since they stand in QR codes.
#pragma once

#include "base/bytes.h"

namespace lindung::codec {

[[nodiscard]] Bytes deflate_zlib(BytesView in);  // RFC 1950
[[nodiscard]] Bytes deflate_raw(BytesView in);   // RFC 1951, nothing around it

}  // namespace lindung::codec
