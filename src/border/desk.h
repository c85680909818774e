// The use cases of a desk: a code is scanned, an officer sees what is needed, and decides. All of it without a network.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "border/device.h"
#include "cert/refusal.h"
#include "domain/border_decision.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"
#include "domain/mrz.h"
#include "domain/travel_card.h"

namespace lindung::border {

// Privacy: for the officer's eyes, at this moment; not stored.
struct PersonSeen {
  std::uint64_t place{};
  domain::CardPerson person;
  domain::DeskFindings findings;
  bool is_of_document{};  // whose document was read
};

struct ScanSeen {
  std::uint64_t scan{};
  Moment at;
  std::optional<cert::Refusal> refusal;  // of the code itself; then there is nobody to decide about
  domain::CardClaims claims;
  std::vector<PersonSeen> people;
};

// Offline: signature, times, port, date, version, and what was decided before. `zone`: of the document in the officer's
// hand. Errors: clock_skew; unavailable before the first list.
[[nodiscard]] Result<ScanSeen> scan(Device& device, std::string_view code,
                                    const std::optional<domain::TravelZone>& zone);

struct DecisionWish {
  std::uint64_t scan{};
  std::optional<std::uint64_t> place{};  // none: everybody of the scan who is not decided yet
  domain::DeskVerdict verdict{};
  bool is_override{};
  std::string reason{};
  std::vector<domain::Symptom> symptoms{};  // of who is isolated
  bool photo_matches{};                     // what the officer's eye says; no admission without it
};

struct DecisionTaken {
  std::uint64_t number{};
  std::uint64_t place{};
  domain::DeskVerdict verdict{};
  domain::DeskFindings findings;  // as they were at this moment
};

// All of them or none. Errors: not_found; conflict when everybody was decided; denied when what was found speaks
// against it and nobody overrides; invalid_argument; clock_skew.
[[nodiscard]] Result<std::vector<DecisionTaken>> decide(Device& device, const DecisionWish& wish);

inline constexpr std::chrono::hours scan_life{12};  // an older one is scanned again

}  // namespace lindung::border
