// Heads of RFC 8949 section 3: three bits of major type, five of argument, the argument in the fewest bytes.
#include "codec/cbor.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/utf8.h"

namespace lindung::codec {
namespace {

// RFC 8949 section 3.1.
constexpr std::uint8_t major_uint = 0;
constexpr std::uint8_t major_bytes = 2;
constexpr std::uint8_t major_text = 3;
constexpr std::uint8_t major_array = 4;
constexpr std::uint8_t major_negative = 1;
constexpr std::uint8_t major_map = 5;
constexpr std::uint8_t major_tag = 6;
// RFC 8949 section 3.3, with their head.
constexpr std::uint8_t false_byte = 0xf4;
constexpr std::uint8_t true_byte = 0xf5;
constexpr std::uint8_t null_byte = 0xf6;
// RFC 8949 section 3: arguments below 24 stand in the head itself; 24 to 27 announce 1, 2, 4 or 8 bytes.
constexpr std::uint8_t first_long = 24;
constexpr std::uint8_t last_long = 27;

unsigned long_form_of(std::uint64_t value) {
  if (value <= 0xff) return 0;
  if (value <= 0xffff) return 1;
  if (value <= 0xffffffff) return 2;
  return 3;
}

}  // namespace

void CborWriter::head(std::uint8_t major, std::uint64_t value) {
  const auto high = static_cast<std::uint8_t>(major << 5U);
  if (value < first_long) {
    out_.push_back(static_cast<std::uint8_t>(high | value));
    return;
  }
  const unsigned form = long_form_of(value);
  out_.push_back(static_cast<std::uint8_t>(high | (first_long + form)));
  for (unsigned left = 1U << form; left > 0; --left) {
    out_.push_back(static_cast<std::uint8_t>(value >> (8 * (left - 1))));
  }
}

CborWriter& CborWriter::array(std::uint64_t items) {
  head(major_array, items);
  return *this;
}

CborWriter& CborWriter::uint(std::uint64_t value) {
  head(major_uint, value);
  return *this;
}

CborWriter& CborWriter::text(std::string_view value) {
  const auto raw = as_bytes(value);
  head(major_text, raw.size());
  out_.insert(out_.end(), raw.begin(), raw.end());
  return *this;
}

CborWriter& CborWriter::bytes(BytesView value) {
  head(major_bytes, value.size());
  out_.insert(out_.end(), value.begin(), value.end());
  return *this;
}

CborWriter& CborWriter::map(std::uint64_t pairs) {
  head(major_map, pairs);
  return *this;
}

CborWriter& CborWriter::integer(std::int64_t value) {
  if (value < 0) {
    head(major_negative, static_cast<std::uint64_t>(-1 - value));
  } else {
    head(major_uint, static_cast<std::uint64_t>(value));
  }
  return *this;
}

CborWriter& CborWriter::tag(std::uint64_t number) {
  head(major_tag, number);
  return *this;
}

CborWriter& CborWriter::boolean(bool value) {
  out_.push_back(value ? true_byte : false_byte);
  return *this;
}

CborWriter& CborWriter::null() {
  out_.push_back(null_byte);
  return *this;
}

Result<std::uint64_t> CborReader::head(std::uint8_t major) {
  if (in_.empty()) return fail(Errc::malformed, "CBOR ends early");
  if ((in_[0] >> 5U) != major) return fail(Errc::malformed, "CBOR of another type");
  const std::uint8_t argument = in_[0] & 0x1fU;
  if (argument < first_long) {
    in_ = in_.subspan(1);
    return argument;
  }
  if (argument > last_long) return fail(Errc::malformed, "CBOR of indefinite length or a reserved form");
  const unsigned form = argument - unsigned{first_long};
  const std::size_t size = std::size_t{1} << form;
  if (in_.size() < 1 + size) return fail(Errc::malformed, "CBOR ends early");
  std::uint64_t value = 0;
  for (const auto byte : in_.subspan(1, size)) value = (value << 8U) | byte;
  if (value < first_long || long_form_of(value) != form) return fail(Errc::malformed, "CBOR not in its shortest form");
  in_ = in_.subspan(1 + size);
  return value;
}

Result<std::uint64_t> CborReader::array() {
  CborReader ahead = *this;
  TRY(items, ahead.head(major_array));
  // An item has at least one byte: nobody reserves memory for a count that cannot come.
  if (items > ahead.in_.size()) return fail(Errc::malformed, "a CBOR array past the end");
  *this = ahead;
  return items;
}

Result<std::uint64_t> CborReader::uint() { return head(major_uint); }

Result<BytesView> CborReader::string(std::uint8_t major) {
  CborReader ahead = *this;
  TRY(size, ahead.head(major));
  if (size > ahead.in_.size()) return fail(Errc::malformed, "a CBOR string past the end");
  const auto value = ahead.in_.first(size);
  in_ = ahead.in_.subspan(size);
  return value;
}

Result<BytesView> CborReader::bytes() { return string(major_bytes); }

Result<std::string_view> CborReader::text() {
  CborReader ahead = *this;
  TRY(raw, ahead.string(major_text));
  if (!is_utf8(as_text(raw))) return fail(Errc::malformed, "a CBOR text that is not UTF-8");
  *this = ahead;
  return as_text(raw);
}

Result<void> CborReader::end() const {
  if (!in_.empty()) return fail(Errc::malformed, "bytes behind the CBOR item");
  return ok();
}

}  // namespace lindung::codec
