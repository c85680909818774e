// A travel health card: one journey, its holder and those who travel with them, where they can be found there, how they
// feel, and the certificates that they bring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/journey.h"
#include "domain/travel_document.h"
#include "domain/travel_fault.h"

namespace lindung::domain {

// The numbers stand in stored rows.
enum class TravellerRole : std::uint8_t { general = 1, crew = 2, driver = 3 };
enum class Symptom : std::uint8_t {
  fever = 1,
  cough = 2,
  breathlessness = 3,
  sore_throat = 4,
  loss_of_smell = 5,
  vomiting = 6,
  diarrhoea = 7,
  rash = 8,
};
[[nodiscard]] std::string_view name_of(TravellerRole role) noexcept;
[[nodiscard]] std::string_view name_of(Symptom symptom) noexcept;
// Errors: malformed for another word.
[[nodiscard]] Result<TravellerRole> parse_traveller_role(std::string_view text);
[[nodiscard]] Result<Symptom> parse_symptom(std::string_view text);

inline constexpr std::size_t most_people = 10;       // the holder and nine companions
inline constexpr std::size_t most_certificates = 4;  // of one person
inline constexpr std::size_t certificate_text_limit = 4'096;
inline constexpr unsigned guarded_until = 12;  // years: who is younger travels with a guardian on the card
inline constexpr unsigned grown_up_from = 18;

// Privacy: personal data, all of it; stored sealed only, never logged.
struct Traveller {
  TravelDocument document;
  TravellerRole role{TravellerRole::general};
  std::string seat;                       // [A-Z0-9]{0,6}; empty: none assigned
  std::optional<std::uint32_t> guardian;  // place among the card's people
  std::vector<Symptom> symptoms;
  std::vector<std::string> certificates;  // as they were scanned; judged at filing and then let go
};

// Where people can be found at their destination. Privacy: personal data.
struct DestinationContact {
  std::string address;  // 5 to 300 bytes of UTF-8 without control characters
  std::string phone;    // "+628123456789": a plus and 6 to 15 digits
};

struct TravelCard {
  Journey journey;
  std::vector<Traveller> people;  // the holder first
  DestinationContact contact;
};

// Everything that is wrong with the card at the moment of filing, each fault once; empty for one that can be filed.
[[nodiscard]] std::vector<TravelFault> faults_of(const TravelCard& card, Moment now, const JourneyLimits& limits = {});

// "child", "adolescent", "adult" by the age on the day of travel, or "crew", "driver" by what somebody works as.
[[nodiscard]] std::string_view category_of(const Traveller& traveller, Day travel_day) noexcept;

}  // namespace lindung::domain
