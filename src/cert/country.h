// Countries by their codes (ISO 3166-1; data/codes/countries.json).
#pragma once

#include <string>
#include <string_view>

namespace lindung::cert {

// "ID" for "ID", "IDN" and "id"; what is no code that is known comes back in upper case.
[[nodiscard]] std::string country_of(std::string_view code);
// Whether the code is one of two letters of ISO 3166-1, XK or EU.
[[nodiscard]] bool is_country(std::string_view code) noexcept;
// Whether the text has the look of a code: two or three letters.
[[nodiscard]] bool looks_like_country(std::string_view code) noexcept;

}  // namespace lindung::cert
