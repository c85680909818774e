#include "service/alarm_board.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "domain/alarm.h"

namespace lindung::service {

void AlarmBoard::add(const domain::Alarm& alarm) {
  const auto [held, is_new] = alarms_.try_emplace({alarm.kind, alarm.subject}, alarm);
  if (is_new) return;
  held->second.at = std::min(held->second.at, alarm.at);
  held->second.count += alarm.count;
  held->second.usual = alarm.usual;
}

void AlarmBoard::raise(const domain::Alarm& alarm) {
  const std::scoped_lock lock{mutex_};
  ++raised_.at(static_cast<std::size_t>(alarm.kind));
  add(alarm);
}

std::vector<domain::Alarm> AlarmBoard::take() {
  const std::scoped_lock lock{mutex_};
  std::vector<domain::Alarm> taken;
  taken.reserve(alarms_.size());
  for (auto& [about, alarm] : alarms_) taken.push_back(std::move(alarm));
  alarms_.clear();
  return taken;
}

void AlarmBoard::put_back(std::span<const domain::Alarm> alarms) {
  const std::scoped_lock lock{mutex_};
  for (const auto& alarm : alarms) add(alarm);
}

std::size_t AlarmBoard::waiting() const {
  const std::scoped_lock lock{mutex_};
  return alarms_.size();
}

std::array<std::uint64_t, static_cast<std::size_t>(domain::last_alarm_kind) + 1> AlarmBoard::raised() const {
  const std::scoped_lock lock{mutex_};
  return raised_;
}

void AlarmBoard::count(domain::AlarmKind kind) {
  const std::scoped_lock lock{mutex_};
  ++raised_.at(static_cast<std::size_t>(kind));
}

void AlarmBoard::set_running(std::vector<RunningIncident> running) {
  const std::scoped_lock lock{mutex_};
  running_ = std::move(running);
}

std::vector<RunningIncident> AlarmBoard::running() const {
  const std::scoped_lock lock{mutex_};
  return running_;
}

}  // namespace lindung::service
