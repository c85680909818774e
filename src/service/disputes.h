// Disputes: a citizen who is refused says that it is wrong. While it is checked, red and black are yellow; there is a
// deadline, an outcome with its reason, and no second dispute of the same facts once one was rejected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/hand_rows.h"
#include "service/partners.h"
#include "service/platform.h"

namespace lindung::service {

// For the citizen, whoever brings it in: an officer at a desk, later the citizen's own portal. Logged; the citizen gets
// a notice. Errors: conflict while one is open, and when one about the same records was rejected; invalid_argument for
// a text that check_text() refuses; not_found.
[[nodiscard]] Result<KeptHand> open_dispute(const Platform& platform, const CitizenRef& citizen,
                                            const std::string& about, const CommandDigest& command = {});

enum class DisputeOutcome : std::uint8_t { upheld, rejected };
// Ends its effect at once; what was wrong is corrected by other commands. Logged; the citizen gets a notice with the
// reason. Errors: not_found; conflict when it is decided or its deadline has passed; invalid_argument for the text.
[[nodiscard]] Result<KeptHand> resolve_dispute(const Platform& platform, const CitizenRef& citizen, const HandId& id,
                                               DisputeOutcome outcome, const std::string& reason,
                                               const CommandDigest& command = {});

// All of one citizen, the first one first. Errors: not_found.
[[nodiscard]] Result<std::vector<KeptHand>> list_disputes(const Platform& platform, const CitizenRef& citizen);

// What waits to be decided, by deadline. Says nothing of what it is about.
struct OpenDispute {
  CitizenRef citizen;
  HandId id;
  Moment deadline;
};
[[nodiscard]] Result<std::vector<OpenDispute>> open_disputes(const Platform& platform, std::size_t limit);

}  // namespace lindung::service
