// What officers decided at a desk, taken in from its device: at once, or days later when it was without a network.
//
// Invariants
// 1. A decision is taken once, by its id, however often it comes; the same id with other content is refused.
// 2. Of two decisions that let one person of a card pass one port, the one that is taken first is the crossing and each
//    further one is reported as a second use, with its entry in the log. It is kept: it has happened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/card_claims.h"
#include "travel/devices.h"
#include "travel/ground.h"

namespace lindung::travel {

using DecisionId = ByteArray<16>;

// The numbers stand in stored rows.
enum class DeskOutcome : std::uint8_t { admitted = 1, referred = 2, refused = 3 };
[[nodiscard]] std::string_view name_of(DeskOutcome outcome) noexcept;
[[nodiscard]] Result<DeskOutcome> parse_desk_outcome(std::string_view text);

struct Decision {
  DecisionId id{};
  domain::CardId card;
  std::uint64_t version{};  // that the code said
  std::uint8_t place{};     // of the person on the card
  Moment at;
  DeskOutcome outcome{};
  bool is_override{};  // another outcome than the card's own answer asks for
  std::string reason;  // of an override: 3 to 200 bytes of UTF-8 without control characters
};

enum class Taken : std::uint8_t {
  taken = 1,          // the crossing of this person, or no crossing at all
  second_use = 2,     // somebody has crossed here as this person before
  void_version = 3,   // the code was void when the decision came in: changed or withdrawn
  unknown_card = 4,   // none that is known here
  repeated = 5,       // it was taken in before; what came of it then is in `first`
  other_content = 6,  // this id was used for another decision
  bad = 7,            // a version or place that cannot be, an override without a reason, a moment ahead
};
[[nodiscard]] std::string_view name_of(Taken taken) noexcept;

struct TakenDecision {
  DecisionId id{};
  Taken taken{Taken::taken};
  Taken first{Taken::taken};  // of a repeated one
};

inline constexpr std::size_t most_decisions = 1'000;  // in one batch

// Shape: in the order of `decisions`. Errors: too_large. One that cannot be taken does not hold up the others.
[[nodiscard]] Result<std::vector<TakenDecision>> take_decisions(const Ground& ground, const Device& device,
                                                                std::span<const Decision> decisions);

// People a port, an hour and an outcome: counts, nothing else.
struct PortFigure {
  std::uint32_t hour{};  // since 1970
  DeskOutcome outcome{};
  std::uint64_t people{};
};
[[nodiscard]] Result<std::vector<PortFigure>> port_figures(const Ground& ground, const std::string& port, Hour from,
                                                           Hour until);

// Cards that are still to come, by hour of arrival at the desk: how long the queue will be. The key of the day opens
// them, so nothing but the day and port stands in the clear.
struct ExpectedPeople {
  std::uint32_t hour{};
  std::uint64_t cards{};
  std::uint64_t people{};
};
[[nodiscard]] Result<std::vector<ExpectedPeople>> expected_people(const Ground& ground, const std::string& port,
                                                                  Day day);

}  // namespace lindung::travel
