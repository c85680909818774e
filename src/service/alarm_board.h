// Where detectors put their alarms: in memory and at once, from any thread, whether the database takes anything or not.
// A chore makes incidents of them (incidents.h); what the database did not take is put back.
//
//   board.raise({.kind = AlarmKind::log_forked, .subject = {}, .at = now, .count = 1});
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/time.h"
#include "domain/alarm.h"
#include "domain/incident.h"

namespace lindung::service {

// A running incident's clocks, for the metrics.
struct RunningIncident {
  domain::IncidentId id;
  Moment aware_at;
  bool is_first_met{};
  bool is_second_met{};
  Moment reading{};  // no clock is read before it
};

class AlarmBoard {
 public:
  // Alarms of one kind about one subject are one until they are taken: counts add up, the first moment stays.
  void raise(const domain::Alarm& alarm);
  [[nodiscard]] std::vector<domain::Alarm> take();
  void put_back(std::span<const domain::Alarm> alarms);
  [[nodiscard]] std::size_t waiting() const;

  // Of each kind since the start, for the metrics. Not here: drills.
  [[nodiscard]] std::array<std::uint64_t, static_cast<std::size_t>(domain::last_alarm_kind) + 1> raised() const;
  // Counts one that reached an incident on another way than raise().
  void count(domain::AlarmKind kind);

  // The incidents that are not closed; drills are none of them.
  void set_running(std::vector<RunningIncident> running);
  [[nodiscard]] std::vector<RunningIncident> running() const;

 private:
  void add(const domain::Alarm& alarm);
  mutable std::mutex mutex_;
  std::map<std::pair<domain::AlarmKind, domain::Subject>, domain::Alarm> alarms_;
  std::array<std::uint64_t, static_cast<std::size_t>(domain::last_alarm_kind) + 1> raised_{};
  std::vector<RunningIncident> running_;
};

}  // namespace lindung::service
