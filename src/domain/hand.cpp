#include "domain/hand.h"

#include <algorithm>
#include <span>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/timeline.h"

namespace lindung::domain {

HandedReading apply_hands(std::span<const Hand> hands, const Reading& derived, Moment now) noexcept {
  HandedReading out{.reading = derived, .next = Timeline::forever()};
  const Hand* newest = nullptr;
  bool is_disputed = false;
  for (const auto& hand : hands) {
    if (hand.from >= hand.until) continue;  // ended in the second that it began in
    for (const auto edge : {hand.from, hand.until}) {
      if (edge > now) out.next = std::min(out.next, edge);
    }
    if (now < hand.from || now >= hand.until) continue;
    if (hand.kind == HandKind::override_colour) newest = &hand;
    if (hand.kind == HandKind::dispute) is_disputed = true;
  }
  const bool is_refused = derived.colour == Colour::red || derived.colour == Colour::black;
  if (newest != nullptr) {
    out.reading = {.colour = newest->colour, .rule = override_rule};
  } else if (is_disputed && is_refused) {
    out.reading = {.colour = Colour::yellow, .rule = dispute_rule};
  }
  return out;
}

}  // namespace lindung::domain
