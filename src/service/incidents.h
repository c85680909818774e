// Incidents: opened by an alarm or by hand, contained, notified, closed with a lesson. Each step is an entry of the log
// in the commit of its fact; the entry names nobody, and its digest hides whom the incident is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "service/alarm_board.h"
#include "service/incident_rows.h"
#include "service/logged_unit.h"
#include "service/partners.h"
#include "service/platform.h"

namespace lindung::service {

struct NewIncident {
  domain::AlarmKind kind{domain::AlarmKind::by_hand};
  domain::Subject subject{};
  domain::IncidentTexts texts{};
  std::optional<Moment> aware_at{};  // none: now
  bool is_drill{};
  CommandDigest command{};
};
// Errors: invalid_argument for texts that clean_text() refuses, a moment in the future or more than 30 days past, and
// for a drill that is not about a partner; not_found for a partner that there is not.
[[nodiscard]] Result<domain::IncidentId> open_incident(const Platform& platform, const NewIncident& incident);

// In a unit of a detector: opens an incident, or adds to the one that is open for the same kind and subject.
[[nodiscard]] Result<void> note_alarm(LoggedUnit& unit, const Platform& platform, const domain::Alarm& alarm);
// Makes incidents of what waits on the board. What the database did not take waits on.
[[nodiscard]] Result<void> take_alarms(const Platform& platform, AlarmBoard& board);

// Texts that are not empty replace those before; `note` is a line of the chronology. Errors: conflict once it is
// closed; those of clean_text().
struct IncidentAddition {
  domain::IncidentTexts texts;
  std::string note;
};
[[nodiscard]] Result<void> add_to_incident(const Platform& platform, const domain::IncidentId& id,
                                           const IncidentAddition& addition, const CommandDigest& command);
// Two officers say that what caused it goes on no more. Gives the index in the log.
// Errors: conflict when it is contained or over.
[[nodiscard]] Result<std::uint64_t> contain_incident(const Platform& platform, const domain::IncidentId& id,
                                                     const CommandDigest& command);
// Errors: conflict when it is closed; invalid_argument without a lesson.
[[nodiscard]] Result<std::uint64_t> close_incident(const Platform& platform, const domain::IncidentId& id,
                                                   std::string_view lesson, const CommandDigest& command);

// In a unit: an entry "incident.WHAT" (of a drill "drill.WHAT") and a line of the chronology with its index.
[[nodiscard]] Result<std::uint64_t> log_incident(LoggedUnit& unit, const Platform& platform, const IncidentRow& row,
                                                 std::string_view what, const domain::Text& line,
                                                 const CommandDigest& command);

struct IncidentView {
  IncidentRow row;
  Moment reading;  // when the clocks were read
  domain::ClockFace first;
  domain::ClockFace second;
};
// With the clocks read at clock_reading(). The newest first; drills only where they are asked for.
[[nodiscard]] Result<std::vector<IncidentView>> list_incidents(const Platform& platform, bool with_drills);
[[nodiscard]] Result<IncidentView> find_incident(const Platform& platform, std::string_view prefix);
[[nodiscard]] Result<std::vector<IncidentEvent>> list_events(const Platform& platform, const domain::IncidentId& id);
// Shows the board what runs.
[[nodiscard]] Result<void> show_running(const Platform& platform, AlarmBoard& board);

}  // namespace lindung::service
