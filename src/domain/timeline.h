// A citizen's colour as a function of time, computed ahead, so that the answer at a door is a lookup.
// Derived from records by a rule set (derive.h), stored in the compact form below, replaceable at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/colour.h"

namespace lindung::domain {

// Holds from `from` (inclusive) to the next step's `from` (exclusive).
struct Step {
  Moment from{};
  Colour colour{Colour::red};
  std::uint8_t rule{};    // place of the deciding colour rule in its rule set, counted from 0; or a hand's (hand.h)
  std::uint16_t doors{};  // bit of each category (1 << value) whose door opens: the policies, evaluated ahead

  [[nodiscard]] constexpr bool opens(Category category) const noexcept {
    return ((doors >> static_cast<unsigned>(category)) & 1U) != 0;
  }
  friend bool operator==(const Step&, const Step&) = default;
};

// Invariants: 1. at least one step; 2. `from` strictly ascending; 3. neighbours differ in more than `from`.
class Timeline {
 public:
  static constexpr std::size_t max_steps = 255;

  // Errors: invalid_argument unless the invariants hold, there are at most max_steps, the name of the rules has 1 to 63
  // characters, and all moments lie in 1970 .. 36812 (40 bits of seconds).
  [[nodiscard]] static Result<Timeline> make(std::string rules, std::vector<Step> steps,
                                             Moment known_until = forever());

  // The step that holds at a moment. The first step reaches back to the beginning of time, the last one on for ever.
  [[nodiscard]] const Step& at(Moment now) const noexcept;

  [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }
  // The rule set that decided, as "id@version" ("id-2021@1.0.0"), for the reason of a past answer.
  [[nodiscard]] const std::string& rules() const noexcept { return rules_; }
  // Before this moment the steps are exact; from it on they must be derived again. forever() for nearly all people.
  [[nodiscard]] Moment known_until() const noexcept { return known_until_; }
  [[nodiscard]] static constexpr Moment forever() noexcept { return Moment{seconds{(std::int64_t{1} << 40U) - 1}}; }

  friend bool operator==(const Timeline&, const Timeline&) = default;

 private:
  Timeline(std::string rules, std::vector<Step> steps, Moment known_until)
      : rules_{std::move(rules)}, steps_{std::move(steps)}, known_until_{known_until} {}

  std::string rules_;
  std::vector<Step> steps_;
  Moment known_until_;
};

// The compact form for the store: deterministic, 8 bytes and the name of the rules, then 9 bytes a step.
// Shape: version(1)=1 | known until(5) | length of rules(1) | rules | steps(1) | { from(5) | colour(1) | rule(1) |
// doors(2) } Privacy: this is a person's health status; it is only ever stored sealed.
[[nodiscard]] Bytes encode(const Timeline& timeline);

// Errors: corrupt for any other version, length, value or order: exactly what encode() writes is read.
[[nodiscard]] Result<Timeline> decode_timeline(BytesView bytes);

}  // namespace lindung::domain
