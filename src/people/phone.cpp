#include "people/phone.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::people {

namespace {

constexpr std::size_t shortest = 8;
constexpr std::size_t longest = 15;  // ITU-T E.164
constexpr std::string_view home = "62";

}  // namespace

Result<Phone> parse_phone(std::string_view text) {
  const bool is_whole = text.starts_with('+');
  if (is_whole) text.remove_prefix(1);
  std::string digits;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')') continue;
    if (c < '0' || c > '9' || digits.size() > longest) return fail(Errc::malformed, "phone");
    digits += c;
  }
  if (!is_whole && digits.starts_with('0')) digits = std::string{home} + digits.substr(1);
  if (!is_whole && !digits.starts_with(home)) return fail(Errc::malformed, "phone");
  if (digits.size() < shortest || digits.size() > longest || digits.starts_with('0')) {
    return fail(Errc::malformed, "phone");
  }
  return Phone{"+" + digits};
}

}  // namespace lindung::people
