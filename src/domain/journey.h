// A journey of people from one port to another, and why one cannot be. Ports are those of data/travel/ports.json.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/travel_fault.h"

namespace lindung::domain {

// The numbers stand in stored rows.
enum class JourneyScope : std::uint8_t { domestic = 1, international = 2 };
enum class TravelMode : std::uint8_t { air = 1, sea = 2, rail = 3, road = 4 };

[[nodiscard]] std::string_view name_of(JourneyScope scope) noexcept;
[[nodiscard]] std::string_view name_of(TravelMode mode) noexcept;
// Errors: malformed for another word.
[[nodiscard]] Result<JourneyScope> parse_journey_scope(std::string_view text);
[[nodiscard]] Result<TravelMode> parse_travel_mode(std::string_view text);

struct Port {
  std::string code;  // three letters: IATA's for airports, our own for harbours, stations, terminals and border posts
  std::string name;
  TravelMode mode{};
  std::string state;  // ICAO's code of three letters, "D" for Germany
};
[[nodiscard]] std::span<const Port> ports();
// Null if there is no such port.
[[nodiscard]] const Port* find_port(std::string_view code);

struct Journey {
  JourneyScope scope{JourneyScope::domestic};
  TravelMode mode{TravelMode::air};
  std::string carrier;  // [A-Z0-9]{2,8}: "GA", "PELNI"; "SELF" in one's own car
  std::string number;   // of flight, voyage, train, vehicle: [A-Z0-9 -]{1,16}
  std::string origin;   // port codes
  std::string destination;
  Moment departure;
  Moment arrival;
  friend bool operator==(const Journey&, const Journey&) = default;
};

struct JourneyLimits {
  std::chrono::days ahead{90};  // how far ahead somebody may file
};
inline constexpr std::chrono::hours longest_journey{48};

// Everything that is wrong with it at the moment of filing; empty for one that can be.
[[nodiscard]] std::vector<TravelFault> faults_of(const Journey& journey, Moment now, const JourneyLimits& limits = {});

// The day of departure: under its key the card is sealed.
[[nodiscard]] Day travel_day(const Journey& journey) noexcept;

}  // namespace lindung::domain
