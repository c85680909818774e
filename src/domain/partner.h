// A partner: an app that asks. Its states, and who may move it from one to the next (protocol.md section 11, the
// brief's chapter on partners): registered -> pact_signed -> active(epoch) -> suspended | cut, back with two officers;
// shredded ends all its links for good.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace lindung::domain {

// Stored: never renumber.
enum class PartnerState : std::uint8_t {
  registered = 1,
  pact_signed = 2,
  active = 3,
  suspended = 4,
  cut = 5,
  shredded = 6
};

// What its answers tell: the colour and the decision, or the decision alone.
enum class Profile : std::uint8_t { colour = 1, decision_only = 2 };

enum class PartnerAction : std::uint8_t { sign_pact, activate, suspend, resume, cut, uncut, shred };

[[nodiscard]] std::string_view name_of(PartnerState state) noexcept;
[[nodiscard]] std::string_view name_of(Profile profile) noexcept;
[[nodiscard]] Result<Profile> parse_profile(std::string_view word);

// The state behind an action. Errors: conflict when the action does not go from this state.
[[nodiscard]] Result<PartnerState> after(PartnerState state, PartnerAction action);

// How many officers an action takes once officers are registered: one can stop, two are needed to start again or to
// end.
[[nodiscard]] int officers_needed(PartnerAction action) noexcept;

}  // namespace lindung::domain
