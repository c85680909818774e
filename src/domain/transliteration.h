// Names in the letters of machine-readable travel documents, A to Z, with '<' between the parts: Latin letters with
// marks, Cyrillic and Arabic by the tables of ICAO.
// Source: ICAO Doc 9303 part 3, section 6 (tables A to C) and section 4.6.
#pragma once

#include <string>
#include <string_view>

namespace lindung::domain {

// "Sjöberg-Nuñez" becomes "SJOEBERG<NUNEZ". Spaces, hyphens and commas become one filler, none at the ends; an
// apostrophe, a full stop, digits and letters that no table holds are left out. The first transliteration of the table
// where it gives several. Shape: any bytes; those that are no UTF-8 are left out. Privacy: personal data.
[[nodiscard]] std::string icao_transliterated(std::string_view utf8);

// The same, with the second choice that the tables leave for Ä, Å, Ö, Ø and Ü: "SJOBERG<NUNEZ".
[[nodiscard]] std::string icao_transliterated_short(std::string_view utf8);

}  // namespace lindung::domain
