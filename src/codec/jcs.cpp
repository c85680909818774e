// RFC 8785 section 3.2: no white space, strings as ECMAScript writes them, numbers as its Number::toString, names in
// the order of their UTF-16 units.
#include "codec/jcs.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"

namespace lindung::codec {
namespace {

namespace json = boost::json;

// Shape: valid UTF-8.
std::u16string utf16(std::string_view text) {
  std::u16string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t point = size == 1 ? lead : lead & (0xffU >> (size + 1));
    for (std::size_t k = 1; k < size && i + k < text.size(); ++k) {
      point = (point << 6U) | (static_cast<std::uint8_t>(text[i + k]) & 0x3fU);
    }
    i += size;
    if (point < 0x10000) {
      out.push_back(static_cast<char16_t>(point));
    } else {
      out.push_back(static_cast<char16_t>(0xd800U + ((point - 0x10000U) >> 10U)));
      out.push_back(static_cast<char16_t>(0xdc00U + ((point - 0x10000U) & 0x3ffU)));
    }
  }
  return out;
}

// ECMA-262 Number::toString.
std::string number_text(double value) {
  if (value == 0) return "0";
  std::array<char, 32> buffer{};
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::scientific);
  const std::string_view text{buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data())};
  const auto e = text.find('e');
  std::string digits{text.substr(0, 1)};
  if (e > 2) digits += text.substr(2, e - 2);
  const int exponent =
      std::atoi(buffer.data() + e + 1);  // NOLINT(cert-err34-c): to_chars wrote it, and a zero behind it
  const int point = exponent + 1;        // where the decimal point stands behind the first digit
  const auto count = static_cast<int>(digits.size());
  std::string out = value < 0 ? "-" : "";
  constexpr int longest_whole = 21;
  constexpr int smallest_fraction = -6;
  if (count <= point && point <= longest_whole)
    return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
  if (0 < point && point <= longest_whole) {
    return out + digits.substr(0, static_cast<std::size_t>(point)) + "." +
           digits.substr(static_cast<std::size_t>(point));
  }
  if (smallest_fraction < point && point <= 0) {
    return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  }
  out += digits.substr(0, 1);
  if (count > 1) out += "." + digits.substr(1);
  return out + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default: {
        const auto unit = static_cast<std::uint8_t>(c);
        if (unit < 0x20) {
          out += "\\u00";
          out += hex[unit >> 4U];
          out += hex[unit & 0xfU];
        } else {
          out += c;
        }
      }
    }
  }
  out += '"';
}

Result<void> append(std::string& out, const json::value& value);

Result<void> append_object(std::string& out, const json::object& object) {  // NOLINT(misc-no-recursion): as deep as it
  std::vector<std::pair<std::u16string, const json::key_value_pair*>> members;
  members.reserve(object.size());
  for (const auto& member : object) members.emplace_back(utf16(member.key()), &member);
  std::ranges::sort(members, {}, [](const auto& each) -> const std::u16string& { return each.first; });
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i != 0) out += ',';
    append_string(out, members[i].second->key());
    out += ':';
    TRYV(append(out, members[i].second->value()));
  }
  out += '}';
  return ok();
}

Result<void> append(std::string& out, const json::value& value) {  // NOLINT(misc-no-recursion): as deep as the value
  switch (value.kind()) {
    case json::kind::null: out += "null"; return ok();
    case json::kind::bool_: out += value.get_bool() ? "true" : "false"; return ok();
    case json::kind::string: append_string(out, value.get_string()); return ok();
    case json::kind::object: return append_object(out, value.get_object());
    case json::kind::array: {
      out += '[';
      bool first = true;
      for (const auto& item : value.get_array()) {
        if (!std::exchange(first, false)) out += ',';
        TRYV(append(out, item));
      }
      out += ']';
      return ok();
    }
    default: break;
  }
  const double number = value.to_number<double>();
  if (!std::isfinite(number)) return fail(Errc::malformed, "a number that JSON has no word for");
  out += number_text(number);
  return ok();
}

}  // namespace

Result<std::string> canonical_json(const json::value& value) {
  std::string out;
  TRYV(append(out, value));
  return out;
}

}  // namespace lindung::codec
