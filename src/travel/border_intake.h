// What border devices sign comes in: each device's decisions once, in their chain, and what two desks did with one
// crossing that does not go together is found, logged and told to both.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/border_decision.h"
#include "domain/card_claims.h"
#include "travel/devices.h"
#include "travel/ground.h"

namespace lindung::travel {

inline constexpr std::size_t most_signed_decisions = 500;  // in one batch

struct DeskConflictRow {
  std::string port;
  Day day;
  domain::CardId card;
  domain::DocumentMark mark{};
  domain::DeskConflict kind{};
  Moment found_at;
};

struct IntakeReport {
  std::uint64_t up_to{};                   // the number of the last decision of this device that is durable here
  std::uint64_t taken{};                   // by this batch
  std::vector<DeskConflictRow> conflicts;  // in which this device has a part
};

// Safe to repeat. Decisions follow each other without gaps from the one after `up_to` of the last report on; those
// before it are passed over. Errors: malformed; bad_signature for another key, device or port; conflict (number: where
// the row ends here) for a gap or a row with another past; too_large.
[[nodiscard]] Result<IntakeReport> take_signed_decisions(const Ground& ground, const Device& device,
                                                         const std::vector<BytesView>& decisions);

// Of all devices of a port, the newest first, at most 1,000.
[[nodiscard]] Result<std::vector<DeskConflictRow>> list_conflicts(const Ground& ground, const std::string& port);

}  // namespace lindung::travel
