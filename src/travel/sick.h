// Sick on arrival: a report of a desk to the health office of its port.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/card_claims.h"
#include "domain/travel_card.h"
#include "travel/devices.h"
#include "travel/ground.h"

namespace lindung::travel {

using SickReportId = ByteArray<16>;

// Privacy: health data of a person on a card.
struct SickReport {
  SickReportId id{};
  domain::CardId card;
  std::uint8_t place{};
  Moment at;
  std::vector<domain::Symptom> symptoms;
  std::string note;  // at most 500 bytes of UTF-8 without control characters
};

// Again: done already. Errors: malformed for a report that cannot be; not_found for a card that there is not;
// replay_conflict when the id was used for another report.
[[nodiscard]] Result<void> report_sick(const Ground& ground, const Device& device, const SickReport& report);

// What waits at a port: no health data, and whose card it is about is not said.
struct WaitingSick {
  SickReportId id{};
  Moment taken_in;
  std::optional<Moment> seen_at;
};
// Of one port, the newest first, at most 1,000.
[[nodiscard]] Result<std::vector<WaitingSick>> list_sick(const Ground& ground, const std::string& port);

// For the port health office: the named report of its port, or the one that has waited longest unseen. One at a time,
// and each time with an entry in the log before it is shown; from the first on it counts as seen.
// Errors: not_found when there is none, also for another port's; denied when the key of its day is gone.
[[nodiscard]] Result<SickReport> take_sick(const Ground& ground, const std::string& port,
                                           const std::optional<SickReportId>& id);

}  // namespace lindung::travel
