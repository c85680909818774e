// Why a citizen has, or had, a colour: the rule that decided, the facts that it rested on with who signed them in, and
// the doors, derived again from what was known then by the rules in force then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "service/platform.h"

namespace lindung::service {

// Privacy: one person's health fact.
struct ExplainedFact {
  domain::Record record;
  std::string import_id;  // empty: it came by no import
  KeyId key;              // that signed it in
  // Without it the colour, the rule or a door would be another; of facts that stand for each other (a third dose for
  // the second), the oldest that are enough.
  bool decides{};
};
struct ExplainedDoor {
  domain::Category category{};
  bool opens{};
  domain::Text policy;
};
// What officers put over the derived colour.
struct ExplainedHand {
  domain::HandKind kind{domain::HandKind::dispute};
  Moment from;
  Moment until;
  domain::Text basis;  // of an override: its legal basis
};
struct Explanation {
  Moment at;
  std::uint64_t position{};           // answers from this index on knew no less, and no more, than this
  std::string rules;                  // "id-2021@1.0.0"
  std::string rule;                   // "green-series-complete"; the colour that the rules give is that of their rule
  domain::Colour colour{};            // that was seen
  std::optional<ExplainedHand> hand;  // that made it another than the rules' or kept it; none: the rules decided
  domain::Text reason;
  std::optional<Moment> until;       // when it changes by itself, if nothing else happens; none: never
  std::vector<ExplainedFact> facts;  // of the kinds that the rule rests on, oldest first
  std::vector<ExplainedDoor> doors;
};

// `position` is a size of the log: what answers of that index knew; none: what is known now, or for a moment in the
// past what was known then. Errors: not_found; denied when the citizen's key is gone.
[[nodiscard]] Result<Explanation> explain(const Platform& platform, const CitizenRef& citizen, Moment at,
                                          std::optional<std::uint64_t> position = {});

}  // namespace lindung::service
