// Overrides: two officers set a citizen's colour on a legal basis, for a time that has an end from the start.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "service/hand_rows.h"
#include "service/partners.h"
#include "service/platform.h"

namespace lindung::service {

struct NewOverride {
  CitizenRef citizen;
  domain::Colour colour{domain::Colour::none};
  std::string basis;   // an id of data/codes/legal-bases.json
  Moment until;        // exclusive
  std::string reason;  // the case: its number, what was decided and by whom
};
// In force with its entry in the log: the next answer has the colour. The citizen gets a notice.
// Errors: invalid_argument for an unknown basis, no colour, a text that check_text() refuses, an end that is not ahead
// or is further than the limit; not_found.
[[nodiscard]] Result<KeptHand> set_override(const Platform& platform, const NewOverride& wanted,
                                            const CommandDigest& command = {});
// At once. Errors: not_found; conflict when it is over; invalid_argument for the text.
[[nodiscard]] Result<KeptHand> end_override(const Platform& platform, const CitizenRef& citizen, const HandId& id,
                                            const std::string& reason, const CommandDigest& command = {});
// All of one citizen, the first one first. Errors: not_found.
[[nodiscard]] Result<std::vector<KeptHand>> list_overrides(const Platform& platform, const CitizenRef& citizen);

}  // namespace lindung::service
