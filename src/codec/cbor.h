// Deterministic CBOR (RFC 8949 section 4.2.1), the subset that the log and our own sealed rows use: unsigned integers,
// byte strings, text strings, arrays, of definite length and shortest form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::codec {

class CborWriter {
 public:
  CborWriter() = default;
  explicit CborWriter(std::size_t about) { out_.reserve(about); }  // bytes that will be written
  CborWriter& array(std::uint64_t items);
  CborWriter& uint(std::uint64_t value);
  CborWriter& text(std::string_view value);
  CborWriter& bytes(BytesView value);
  // For certificates; the log and our rows have none of these.
  CborWriter& map(std::uint64_t pairs);  // each pair is its key and its value
  CborWriter& integer(std::int64_t value);
  CborWriter& tag(std::uint64_t number);  // of the item behind it
  CborWriter& boolean(bool value);
  CborWriter& null();
  [[nodiscard]] BytesView view() const noexcept { return out_; }
  [[nodiscard]] Bytes take() && { return std::move(out_); }

 private:
  void head(std::uint8_t major, std::uint64_t value);
  Bytes out_;
};

// Reads front to back over bytes that outlive it. Errors: malformed for another type, a longer form than the shortest,
// an indefinite length, a string past the end, invalid UTF-8; the reader then stays where it was.
class CborReader {
 public:
  explicit CborReader(BytesView in) noexcept : in_{in} {}
  [[nodiscard]] Result<std::uint64_t> array();
  [[nodiscard]] Result<std::uint64_t> uint();
  [[nodiscard]] Result<std::string_view> text();
  [[nodiscard]] Result<BytesView> bytes();
  template <std::size_t N>
  [[nodiscard]] Result<ByteArray<N>> fixed() {
    CborReader ahead = *this;
    TRY(view, ahead.bytes());
    if (view.size() != N) return fail(Errc::malformed, "a byte string of another length");
    *this = ahead;
    return take<N>(view);
  }
  // malformed unless everything was read.
  [[nodiscard]] Result<void> end() const;

 private:
  [[nodiscard]] Result<std::uint64_t> head(std::uint8_t major);
  [[nodiscard]] Result<BytesView> string(std::uint8_t major);
  BytesView in_;
};

}  // namespace lindung::codec
