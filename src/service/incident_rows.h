// Incidents as they are stored: states, moments and counts plain, whom and what they are about sealed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "domain/rule_set.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// Whether the persons concerned are being told. The numbers stand in the database.
enum class Telling : std::uint8_t { not_asked = 0, asked = 1, done = 2 };

struct IncidentRow {
  domain::IncidentId id{};
  domain::AlarmKind kind{};
  domain::IncidentState state{domain::IncidentState::open};
  bool is_drill{};
  Moment aware_at{};
  Moment opened_at{};
  Moment changed_at{};
  std::optional<Moment> met_first{};   // the 24 h
  std::optional<Moment> met_second{};  // the 72 h
  std::uint64_t log_index{};           // of its opening
  Telling telling{};
  CitizenRef last_told{};  // of the citizens behind it, it is not known yet who was told
  std::uint64_t persons_found{};
  std::uint64_t persons_told{};
  // Sealed:
  domain::Subject subject{};
  std::uint64_t count{};  // of the alarms, together
  std::uint64_t usual{};
  domain::IncidentTexts texts{};
  [[nodiscard]] domain::Alarm alarm() const {
    return {.kind = kind, .subject = subject, .at = opened_at, .count = count, .usual = usual};
  }
};

[[nodiscard]] Result<void> insert_incident(store::Transaction& transaction, const store::KeyRing& ring,
                                           const IncidentRow& row);
// Not here: persons_found, persons_told, last_told (incident_persons.h), which change without the head of the log.
[[nodiscard]] Result<void> update_incident(store::Transaction& transaction, const store::KeyRing& ring,
                                           const IncidentRow& row);
// Errors: not_found; corrupt.
[[nodiscard]] Result<IncidentRow> read_incident(store::Transaction& transaction, const store::KeyRing& ring,
                                                const domain::IncidentId& id);
// The newest first.
[[nodiscard]] Result<std::vector<IncidentRow>> read_incidents(store::Transaction& transaction,
                                                              const store::KeyRing& ring);
// By the first digits of its id, at least four, in hex. Errors: not_found; invalid_argument for fewer digits, or where
// several ids begin so.
[[nodiscard]] Result<domain::IncidentId> find_incident(store::Transaction& transaction, std::string_view prefix);

// A line of an incident's own chronology.
struct IncidentEvent {
  Moment at;
  std::optional<std::uint64_t> log_index;
  domain::Text text;
};
// Behind the last one. In a unit that holds the head of the log: two of them do not meet.
[[nodiscard]] Result<void> add_event(store::Transaction& transaction, const store::KeyRing& ring,
                                     const domain::IncidentId& id, const IncidentEvent& event);
[[nodiscard]] Result<std::vector<IncidentEvent>> read_events(store::Transaction& transaction,
                                                             const store::KeyRing& ring, const domain::IncidentId& id);

// Sealed for a row of `table`. Errors: sealed.
[[nodiscard]] Result<Bytes> seal_for_incident(const store::KeyRing& ring, std::string_view table, BytesView primary_key,
                                              BytesView plain);
[[nodiscard]] Result<Bytes> open_of_incident(const store::KeyRing& ring, std::string_view table, BytesView primary_key,
                                             BytesView sealed);
// What an alarm of this kind about this subject is found by.
[[nodiscard]] Result<Hash> alarm_key(const store::KeyRing& ring, domain::AlarmKind kind,
                                     const domain::Subject& subject);

}  // namespace lindung::service
