// The decision at a door: pure, from what is known of the person, the place and the quota to an outcome and a colour.
#pragma once

#include <cstdint>

#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "domain/timeline.h"

namespace lindung::domain {

struct Situation {
  Operation operation{};
  Profile profile{};
  bool is_linked{};
  bool has_venue{};      // the question holds a venue code
  bool venue_is_good{};  // and it is genuine and current
  bool is_over_quota{};
  Step step;            // of the person's timeline, now
  Category category{};  // of the venue; general without one
  bool is_inside{};     // the person's open visit is at this venue
  bool is_full{};       // nobody further fits in
};

struct Verdict {
  Outcome outcome{};
  Colour colour{};
};

// protocol.md section 5: the first that applies of unlinked, venue_refused, over_quota, deny, venue_full, allow.
[[nodiscard]] constexpr Verdict decide(const Situation& s) noexcept {
  if (!s.is_linked) return {.outcome = Outcome::unlinked, .colour = Colour::none};
  if (s.has_venue && !s.venue_is_good) return {.outcome = Outcome::venue_refused, .colour = Colour::none};
  if (s.operation == Operation::check_out) return {.outcome = Outcome::allow, .colour = Colour::none};
  if (s.is_over_quota) return {.outcome = Outcome::over_quota, .colour = Colour::none};
  const auto told = s.profile == Profile::colour ? s.step.colour : Colour::none;
  if (!s.step.opens(s.category)) return {.outcome = Outcome::deny, .colour = told};
  if (s.has_venue && s.is_full && !s.is_inside) return {.outcome = Outcome::venue_full, .colour = Colour::none};
  return {.outcome = Outcome::allow, .colour = told};
}

}  // namespace lindung::domain
