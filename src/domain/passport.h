// A passport number: the identity of a person without a NIK.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::domain {

// Shape: 5 to 20 of A-Z and 0-9, with at least one digit; spaces, hyphens and lower case are normalised away.
// Privacy: names one person. It has no way to print itself and its memory is wiped; number() is the only door.
class Passport {
 public:
  [[nodiscard]] std::string_view number() const noexcept { return as_text(BytesView{number_}); }
  friend bool operator==(const Passport&, const Passport&) = default;

 private:
  friend Result<Passport> parse_passport(std::string_view text);
  explicit Passport(SecretBytes number) : number_{std::move(number)} {}
  SecretBytes number_;
};

// Errors: invalid_argument for any other shape.
[[nodiscard]] Result<Passport> parse_passport(std::string_view text);

}  // namespace lindung::domain
