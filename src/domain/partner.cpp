#include "domain/partner.h"

#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::domain {

std::string_view name_of(PartnerState state) noexcept {
  switch (state) {
    case PartnerState::registered: return "registered";
    case PartnerState::pact_signed: return "pact_signed";
    case PartnerState::active: return "active";
    case PartnerState::suspended: return "suspended";
    case PartnerState::cut: return "cut";
    case PartnerState::shredded: return "shredded";
  }
  return "unknown";
}

std::string_view name_of(Profile profile) noexcept {
  return profile == Profile::decision_only ? "decision_only" : "colour";
}

Result<Profile> parse_profile(std::string_view word) {
  if (word == "colour") return Profile::colour;
  if (word == "decision_only") return Profile::decision_only;
  return fail(Errc::invalid_argument, "profile: colour or decision_only");
}

Result<PartnerState> after(PartnerState state, PartnerAction action) {
  using enum PartnerState;
  switch (action) {
    case PartnerAction::sign_pact:
      // A new pact keeps the state: an active partner that signs the next pact stays active.
      if (state == registered) return pact_signed;
      if (state == pact_signed || state == active || state == suspended) return state;
      break;
    case PartnerAction::activate:
      if (state == pact_signed) return active;
      break;
    case PartnerAction::suspend:
      if (state == active) return suspended;
      break;
    case PartnerAction::resume:
      if (state == suspended) return active;
      break;
    case PartnerAction::cut:
      if (state == active || state == suspended) return cut;
      break;
    case PartnerAction::uncut:
      if (state == cut) return active;
      break;
    case PartnerAction::shred:
      if (state != shredded) return shredded;
      break;
  }
  return fail(Errc::conflict, "the partner is " + std::string{name_of(state)});
}

int officers_needed(PartnerAction action) noexcept {
  switch (action) {
    case PartnerAction::resume:
    case PartnerAction::uncut:
    case PartnerAction::shred: return 2;
    case PartnerAction::sign_pact: return 0;  // the partner's own signature
    case PartnerAction::activate:
    case PartnerAction::suspend:
    case PartnerAction::cut: break;
  }
  return 1;
}

}  // namespace lindung::domain
