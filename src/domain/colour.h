// The one thing that a partner learns of a person (protocol.md section 5), and its words.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace lindung::domain {

// The values are those of the wire. `none` is no health status: it stands where no colour may be told.
enum class Colour : std::uint8_t { none = 0, green = 1, yellow = 2, red = 3, black = 4 };

// "green"; the same word in answers, rule sets and the demo file.
[[nodiscard]] constexpr std::string_view name_of(Colour colour) noexcept {
  switch (colour) {
    case Colour::green: return "green";
    case Colour::yellow: return "yellow";
    case Colour::red: return "red";
    case Colour::black: return "black";
    case Colour::none: break;
  }
  return "none";
}

// Errors: invalid_argument for any other word, "none" included: no rule and no file may set it.
[[nodiscard]] Result<Colour> parse_colour(std::string_view word);

}  // namespace lindung::domain
