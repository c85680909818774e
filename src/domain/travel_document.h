// What a travel health card keeps of the document that somebody travels on: a passport, a travel document of card size,
// or, inside the country, the national identity number. Reading the machine-readable zone is another part's work.
// Source: ICAO Doc 9303 part 3 (states, names, sexes, dates) and parts 4 to 6 (sizes).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/travel_fault.h"

namespace lindung::domain {

// The numbers stand in stored rows and in codes.
enum class DocumentKind : std::uint8_t {
  passport = 1,       // TD3
  identity_card = 2,  // TD1 or TD2, where a treaty lets it cross a border
  nik = 3,            // no document of ICAO: citizens on domestic journeys
};
[[nodiscard]] std::string_view name_of(DocumentKind kind) noexcept;  // "passport", "identity-card", "nik"
[[nodiscard]] Result<DocumentKind> parse_document_kind(std::string_view text);

// Shape: letters are A to Z, states are ICAO's codes of one to three letters without fillers ("IDN", "D", "UTO").
// Privacy: names one person; stored sealed only, never logged.
struct TravelDocument {
  DocumentKind kind{DocumentKind::passport};
  std::string number;         // parse_passport's spelling; of a NIK its 16 digits
  std::string issuing_state;  // of a NIK "IDN"
  std::string nationality;    // of a NIK "IDN"
  DocumentName name;
  PartialDate birth;       // of which ICAO lets the day, or the day and the month, be unknown
  std::optional<Sex> sex;  // empty: unspecified ('<', X)
  std::optional<std::chrono::year_month_day> expiry;  // its last day; none for a NIK
};

// Everything that is wrong with it for somebody who travels from `first` to `last`: it is valid on the last of the two
// days, and the person was born before the first. Empty for a document that may travel.
[[nodiscard]] std::vector<TravelFault> faults_of(const TravelDocument& document, Day first, Day last);

[[nodiscard]] bool is_citizen(const TravelDocument& document) noexcept;

// Whole years between birth and `day`; of a birth date known in part the fewest that are possible, so that a rule for
// children holds when in doubt. Shape: 0 when born behind the day.
[[nodiscard]] unsigned age_on(const PartialDate& birth, Day day) noexcept;

}  // namespace lindung::domain
