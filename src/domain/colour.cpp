#include "domain/colour.h"

#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace lindung::domain {

Result<Colour> parse_colour(std::string_view word) {
  for (const auto colour : {Colour::green, Colour::yellow, Colour::red, Colour::black}) {
    if (word == name_of(colour)) return colour;
  }
  return fail(Errc::invalid_argument, "not a colour: green, yellow, red or black");
}

}  // namespace lindung::domain
