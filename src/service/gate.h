// Whether this node may answer at all. Each guard (log, clock, database, ring) closes it under its own name and opens
// it again when its reason is gone; it is open when nobody holds it closed. Each change of a guard is reported once.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lindung::service {

class Gate {
 public:
  struct Change {
    std::string_view guard;
    std::string_view reason;  // why it closed; empty: it opened
    bool is_open{};           // whether the node answers from now on
  };
  // Called under the gate's lock, in order: it must neither wait nor call the gate.
  using Report = std::function<void(const Change&)>;

  Gate() = default;
  explicit Gate(Report report) : report_{std::move(report)} {}

  // A guard that holds it closed already only gives a newer reason.
  void close(std::string_view guard, std::string reason) {
    const std::scoped_lock lock{mutex_};
    const auto [held, is_new] = closed_by_.insert_or_assign(std::string{guard}, std::move(reason));
    is_open_.store(false, std::memory_order_release);
    if (is_new && report_) report_({.guard = guard, .reason = held->second, .is_open = false});
  }
  void open(std::string_view guard) {
    const std::scoped_lock lock{mutex_};
    const auto found = closed_by_.find(guard);
    if (found == closed_by_.end()) return;
    closed_by_.erase(found);
    is_open_.store(closed_by_.empty(), std::memory_order_release);
    if (report_) report_({.guard = guard, .reason = {}, .is_open = closed_by_.empty()});
  }
  [[nodiscard]] bool is_open() const noexcept { return is_open_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_closed_by(std::string_view guard) const {
    const std::scoped_lock lock{mutex_};
    return closed_by_.find(guard) != closed_by_.end();
  }
  // "log: the database is older than the published log"
  [[nodiscard]] std::vector<std::string> reasons() const {
    const std::scoped_lock lock{mutex_};
    std::vector<std::string> out;
    for (const auto& [guard, reason] : closed_by_) out.push_back(guard + ": " + reason);
    return out;
  }

 private:
  const Report report_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> closed_by_;
  std::atomic<bool> is_open_{true};
};

}  // namespace lindung::service
