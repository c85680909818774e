// The machine-readable zone of passports, identity cards and visas: read under all of its check digits. What was
// altered is refused by the check digit that tells.
// Source: ICAO Doc 9303 part 3 (characters, dates, check digits), 4 (TD3), 5 (TD1), 6 (TD2), 7 (MRV-A, MRV-B).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/nik.h"

namespace lindung::domain {

enum class ZoneForm : std::uint8_t { td1, td2, td3, mrv_a, mrv_b };

// Why a zone is refused: stable names, which docs/border.md explains and a test holds it to.
enum class ZoneReason : std::uint8_t {
  empty,
  too_long,
  characters,  // something that no zone holds
  lines,       // no form has so many lines of such lengths
  document_code,
  state,
  number,
  number_check,
  nationality,
  birth_date,
  birth_check,
  sex,
  expiry_date,
  expiry_check,
  optional_check,
  composite_check,
  names,
};

// Privacy: a place, never what stands there.
struct ZoneFault {
  ZoneReason reason{};
  std::size_t line{};    // from 1; 0: the whole
  std::size_t column{};  // from 1; 0: the whole line
};

template <class T>
using ZoneResult = outcome::basic_result<T, ZoneFault, outcome::policy::terminate>;

// Privacy: names a person and their document.
struct TravelZone {
  ZoneForm form{};
  std::string document_code;  // "P", "PM", "I", "V"; without fillers, as all that follow
  std::string state;          // that issued it: "UTO", "D"
  std::string number;         // up to 9 characters, and up to 22 in a TD1 (14 in a TD2) whose number is longer
  std::string nationality;
  std::optional<PartialDate> birth;  // none: not even the year is known
  std::optional<Sex> sex;            // none: unspecified
  std::chrono::year_month_day expiry;
  DocumentName name;        // "ERIKSSON", "ANNA<MARIA"
  bool names_fill_field{};  // they may have been cut off
  std::string optional_data;
};

// Of both names in one, as travel cards have them: "ERIKSSON<<ANNA<MARIA".
[[nodiscard]] std::string joined_names(const TravelZone& zone);

// Lines apart by line ends or one behind the other; white space anywhere and lower case are taken as typed by a person.
// `at` decides the centuries of two-digit years: nobody is born after it, and a document ends less than 50 years before
// or at most 50 years after it. A document that has ended is read like any other (has_ended()).
[[nodiscard]] ZoneResult<TravelZone> read_zone(std::string_view text, Moment at);

// A document counts until the end of its last day, UTC.
[[nodiscard]] bool has_ended(const TravelZone& zone, Moment at);

// The sum of the characters' values under the weights 7, 3, 1, modulo 10. Shape: of 0-9, A-Z and '<' only.
[[nodiscard]] char check_digit(std::string_view characters) noexcept;

// The lines of a form whose first line has this many characters; 0: of none.
[[nodiscard]] std::size_t zone_lines(std::size_t first_line) noexcept;

[[nodiscard]] std::string_view name_of(ZoneForm form) noexcept;      // "TD3"
[[nodiscard]] std::string_view name_of(ZoneReason reason) noexcept;  // "number-check"

}  // namespace lindung::domain
