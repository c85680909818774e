// Visits at rest (protocol.md section 12): the open visit of a citizen, one sealed row of theirs, and the events of a
// day, sealed and tagged under the day's key, which retention destroys.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lindung::service {

// Privacy: where a person is. Only ever stored sealed.
struct OpenVisit {
  VenueId venue;
  Moment in_at;
  Moment due_at;              // automatic check-out
  std::uint64_t log_index{};  // of the check-in
};

// Sealed under the citizen's own key: an erased citizen leaves no open visit.
[[nodiscard]] Bytes seal_open_visit(const Secret<32>& citizen_key, const CitizenRef& citizen, const OpenVisit& visit);
[[nodiscard]] Result<OpenVisit> open_open_visit(const Secret<32>& citizen_key, const CitizenRef& citizen,
                                                BytesView sealed);

// A visit begun (no out) or ended.
struct VisitEvent {
  CitizenRef citizen;
  VenueId venue;
  Moment in_at;
  std::optional<Moment> out_at;
};

// Which of the events of one log index it is; the primary key is (log index, part).
enum class VisitPart : std::uint8_t { check_in = 0, check_out = 1, automatic = 2 };

[[nodiscard]] Bytes seal_visit_event(const Secret<32>& day_key, Day day, std::uint64_t log_index, VisitPart part,
                                     const VisitEvent& event);
[[nodiscard]] Result<VisitEvent> open_visit_event(const Secret<32>& day_key, Day day, std::uint64_t log_index,
                                                  VisitPart part, BytesView sealed);

// First 16 bytes of HMAC-SHA256(day key, "lindung visit tag v1" | 0x00 | citizen): finds a citizen's visits of one day
// for who holds the day's key, and for nobody else.
[[nodiscard]] ByteArray<16> visit_tag(const Secret<32>& day_key, const CitizenRef& citizen);
// The same for a venue, under "lindung venue tag v1": finds who was there that day.
[[nodiscard]] ByteArray<16> venue_tag(const Secret<32>& day_key, const VenueId& venue);

}  // namespace lindung::service
