// Canary citizens: made-up people, each linked to one partner and known to nobody else. A question about one, or one
// found in a leaked file, says that this partner's data went where it should not be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/link_token.h"
#include "domain/rule_set.h"
#include "service/platform.h"

namespace lindung::service {

// What the operator needs to enrol the canary in the partner's app. Privacy: nobody's, but a secret of the operator:
// shown once, and kept nowhere but in sealed rows.
struct PlantedCanary {
  domain::LinkToken token;
  std::string nik;
  std::string name;
};
// A citizen like any other, with records, timeline and an entry in the log that only say that somebody was linked.
// Errors: not_found for an unknown partner; conflict unless it is active; those of ring and database.
[[nodiscard]] Result<PlantedCanary> plant_canary(const Platform& platform, const PartnerId& partner);

struct CanaryListing {
  PartnerId partner;
  Moment planted_at;
  std::uint64_t questions{};  // that named it
  std::uint64_t found{};      // tokens and NIKs of it in leaked files
};
// All canaries, or those of one partner, in the order of their planting.
[[nodiscard]] Result<std::vector<CanaryListing>> list_canaries(const Platform& platform,
                                                               const std::optional<PartnerId>& partner);

// Fills the watch from the database; at the start, and behind each planting.
[[nodiscard]] Result<void> load_canaries(const Platform& platform);

// Raises the alarm for each partner that asked about a canary since the last call, then writes down how often. What
// could not be written is reported again.
using CanaryAlarm = std::function<void(const PartnerId&)>;
[[nodiscard]] Result<void> report_canaries(const Platform& platform, const CanaryAlarm& alarm);

// Opens an incident for each partner whose canaries were asked about or found since the last call, or adds to the one
// that is open: in one unit with the note that it was told. Gives what was raised.
[[nodiscard]] Result<std::vector<domain::AlarmKind>> raise_canary_alarms(const Platform& platform);

// By what a canary is known in a leaked file. Opens the canaries' own identities and nobody else's.
struct CanaryMarks {
  CitizenRef citizen;
  PartnerId partner;
  std::optional<Hash> person_index;  // of its NIK; none once somebody turned up who has the same
  std::string name;
  std::vector<Hash> token_indices;  // under the index key of the partner's epoch
};
[[nodiscard]] Result<std::vector<CanaryMarks>> canary_marks(const Platform& platform);
// Adds to what list_canaries() tells as `found`.
[[nodiscard]] Result<void> count_found_canary(const Platform& platform, const CitizenRef& canary, std::uint64_t times);

}  // namespace lindung::service
