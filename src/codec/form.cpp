#include "codec/form.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "codec/utf8.h"

namespace lindung::codec {

namespace {

constexpr std::size_t escape_digits = 2;

Result<std::string> unescape(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(std::min(text.size(), limit));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (out.size() == limit) return fail(Errc::too_large, "form: a field is over its limit");
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      ByteArray<1> byte{};
      if (text.size() - i <= escape_digits || from_hex(text.substr(i + 1, escape_digits), byte).has_error()) {
        return fail(Errc::malformed, "form: a broken escape");
      }
      out += static_cast<char>(byte.front());
      i += escape_digits;
    }
  }
  if (!is_utf8(out)) return fail(Errc::malformed, "form: not UTF-8");
  return out;
}

}  // namespace

Result<std::string> form_field(std::string_view body, std::string_view name, std::size_t limit) {
  std::optional<std::string_view> found;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const auto pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) != name) continue;
    if (found) return fail(Errc::malformed, "form: a field stands twice");
    found = equals == pair.size() ? std::string_view{} : pair.substr(equals + 1);
  }
  if (!found) return fail(Errc::malformed, "form: a field is missing");
  return unescape(*found, limit);
}

}  // namespace lindung::codec
