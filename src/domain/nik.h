// The national identity number (Nomor Induk Kependudukan): only parse_nik() makes one, so a Nik is always plausible.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lindung::domain {

enum class Sex : std::uint8_t { male, female };

// Shape: 16 decimal digits: province (2), regency or city (2), district (2), day (2; a woman's plus 40), month (2),
// year (2), serial (4). Privacy: names one person. It has no way to print itself and its memory is wiped; digits() is
// the only door.
class Nik {
 public:
  static constexpr std::size_t size = 16;

  [[nodiscard]] std::string_view digits() const noexcept { return as_text(digits_.view()); }
  [[nodiscard]] std::string_view province_code() const noexcept { return digits().substr(0, 2); }
  [[nodiscard]] Sex sex() const noexcept;
  // The two digits of the year stand for the youngest person who can be alive: the date lies not after `now`, and less
  // than a hundred years before it.
  [[nodiscard]] std::chrono::year_month_day birth_date(Moment now) const noexcept;

  friend bool operator==(const Nik& a, const Nik& b) noexcept {
    return equal_secret(a.digits_.view(), b.digits_.view());
  }

 private:
  friend Result<Nik> parse_nik(std::string_view text);
  explicit Nik(std::string_view digits) noexcept : digits_{take<size>(as_bytes(digits))} {}
  [[nodiscard]] unsigned number(std::size_t offset) const noexcept;  // of two digits

  Secret<size> digits_;
};

// Errors: invalid_argument (which part is wrong, never the number itself) unless there are 16 digits; the province is
// one of today's 38; the regency is 01 to 69 or, for a city, 71 to 99; the district is not 00; day and month are a date
// of some year with these two digits; the serial is not 0000. Source: Permendagri 112 of 2013 on the number; codes in
// data/codes/provinces.json.
[[nodiscard]] Result<Nik> parse_nik(std::string_view text);

struct Province {
  std::string code;  // two digits
  std::string name;
  unsigned regencies{};  // codes 01 ...
  unsigned cities{};     // codes 71 ...
  unsigned population_thousands{};
};
[[nodiscard]] std::span<const Province> provinces();
// Null if there is no such province.
[[nodiscard]] const Province* find_province(std::string_view code);

}  // namespace lindung::domain
