// Whether this node may answer at all. Each guard (log, clock, database, ring) closes it under its own name and opens
// it again when its reason is gone; it is open when nobody holds it closed.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::service {

class Gate {
 public:
  void close(std::string_view guard, std::string reason) {
    const std::scoped_lock lock{mutex_};
    closed_by_[std::string{guard}] = std::move(reason);
    is_open_.store(false, std::memory_order_release);
  }
  void open(std::string_view guard) {
    const std::scoped_lock lock{mutex_};
    const auto found = closed_by_.find(guard);
    if (found != closed_by_.end()) closed_by_.erase(found);
    is_open_.store(closed_by_.empty(), std::memory_order_release);
  }
  [[nodiscard]] bool is_open() const noexcept { return is_open_.load(std::memory_order_acquire); }
  // "log: the database is older than the published log"
  [[nodiscard]] std::vector<std::string> reasons() const {
    const std::scoped_lock lock{mutex_};
    std::vector<std::string> out;
    for (const auto& [guard, reason] : closed_by_) out.push_back(guard + ": " + reason);
    return out;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> closed_by_;
  std::atomic<bool> is_open_{true};
};

}  // namespace lindung::service
