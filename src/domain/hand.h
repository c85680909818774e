// What officers put over a derived colour for a while: an override, which says the colour, or a dispute, which lets a
// citizen who is refused pass as yellow while somebody looks. A hand has an end from its first moment on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "domain/colour.h"

namespace lindung::domain {

// The numbers stand in stored rows.
enum class HandKind : std::uint8_t { override_colour = 1, dispute = 2 };

// Covers `from` (inclusive) to `until` (exclusive).
struct Hand {
  HandKind kind{HandKind::dispute};
  Moment from{};
  Moment until{};
  Colour colour{Colour::none};  // of an override
  friend bool operator==(const Hand&, const Hand&) = default;
};

// Step::rule is the place of a colour rule, counted from 0; these places are no rule's.
inline constexpr std::uint8_t override_rule = 255;
inline constexpr std::uint8_t dispute_rule = 254;
inline constexpr std::size_t most_colour_rules = 250;

// A colour and what decided it.
struct Reading {
  Colour colour{Colour::none};
  std::uint8_t rule{};
  friend bool operator==(const Reading&, const Reading&) = default;
};
struct HandedReading {
  Reading reading;
  Moment next;  // the next edge of a hand behind `now`; Timeline::forever() if there is none
};
// What stands at a moment over what the rules derived. The newest override that covers the moment decides; without one
// an open dispute turns red and black into yellow, and leaves the others as they are.
// Shape: hands oldest first, as they were put on.
[[nodiscard]] HandedReading apply_hands(std::span<const Hand> hands, const Reading& derived, Moment now) noexcept;

}  // namespace lindung::domain
