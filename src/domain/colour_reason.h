// Why a step of a timeline has its colour, in words: the rule that decided, or the hand that was put over the rules.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "domain/rule_set.h"

namespace lindung::domain {

// "override" and "dispute" are no rule's id: a rule set that uses them is refused.
inline constexpr std::string_view override_id = "override";
inline constexpr std::string_view dispute_id = "dispute";

// Lives as long as the rule set.
struct ColourReason {
  std::string_view id;  // of the colour rule ("black-contact"), "override" or "dispute"
  const Text* text{};   // never null
};
// Of Step::rule, under the rule set that the timeline names. Errors: corrupt for a place that this set does not have.
[[nodiscard]] Result<ColourReason> reason_of(const RuleSet& rules, std::uint8_t rule);

}  // namespace lindung::domain
