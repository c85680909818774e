#include "domain/passport.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/secret.h"

namespace lindung::domain {

Result<Passport> parse_passport(std::string_view text) {
  constexpr std::size_t min_size = 5;
  constexpr std::size_t max_size = 20;  // national documents are longer than the nine of ICAO 9303
  SecretBytes number;
  number.reserve(max_size);  // no growth leaves a copy behind
  bool has_digit = false;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    const bool digit = c >= '0' && c <= '9';
    const bool lower = c >= 'a' && c <= 'z';
    if (number.size() == max_size || (!digit && !lower && (c < 'A' || c > 'Z'))) {
      return fail(Errc::invalid_argument, "passport: not 5 to 20 letters and digits");
    }
    has_digit = has_digit || digit;
    number.push_back(static_cast<std::uint8_t>(lower ? c - 'a' + 'A' : c));
  }
  if (number.size() < min_size || !has_digit) {
    return fail(Errc::invalid_argument, "passport: not 5 to 20 letters and digits, one digit at least");
  }
  return Passport{std::move(number)};
}

}  // namespace lindung::domain
