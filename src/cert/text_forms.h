// Forms of texts that schemas of certificates ask for.
#pragma once

#include <cstddef>
#include <string_view>

namespace lindung::cert {

[[nodiscard]] std::size_t code_points(std::string_view utf8) noexcept;
// RFC 3339 section 5.6, as JSON schema formats mean them: full-date, and date-time with an offset.
[[nodiscard]] bool is_full_date(std::string_view text) noexcept;
[[nodiscard]] bool is_date_time(std::string_view text) noexcept;
[[nodiscard]] bool is_digit(char c) noexcept;

}  // namespace lindung::cert
