// Compressed input opened under a limit: a few bytes that would fill the memory are refused while they are read.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::codec {

// gzip (RFC 1952), one member or several behind each other.
// Errors: too_large when more than max_out bytes come out; malformed for bad data, a wrong checksum, an early end,
// bytes behind the last member.
[[nodiscard]] Result<Bytes> inflate_gzip(BytesView in, std::size_t max_out);

// One zlib stream (RFC 1950), and one raw DEFLATE stream (RFC 1951), which must be all of the input.
// Errors: as inflate_gzip; malformed also for a preset dictionary.
[[nodiscard]] Result<Bytes> inflate_zlib(BytesView in, std::size_t max_out);
[[nodiscard]] Result<Bytes> inflate_raw(BytesView in, std::size_t max_out);

// Whether the bytes begin as gzip does (RFC 1952 section 2.3.1: ID1, ID2).
[[nodiscard]] bool looks_like_gzip(BytesView in) noexcept;

}  // namespace lindung::codec
