// What stands in the place of closed systems while this server runs: a listener on each of their old addresses that
// this machine has, and their domains on the public listener, which answer 410; and how many reminders are due.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/gone.h"
#include "base/result.h"
#include "http/message.h"
#include "http/server.h"
#include "server/listen.h"
#include "service/platform.h"

namespace lindung::server {

// Thread-safe.
class EndedSystems {
 public:
  explicit EndedSystems(const service::Platform& platform) : platform_{platform} {}
  EndedSystems(const EndedSystems&) = delete;
  EndedSystems& operator=(const EndedSystems&) = delete;
  ~EndedSystems();

  // Reads the ledger anew and listens where it has to. Errors: the database's own; io for an address that could not be
  // had, told once: it is tried again at each turn, since it may be another machine's.
  [[nodiscard]] Result<void> look();
  // 410 for a host that is a closed system's domain; none for any other.
  [[nodiscard]] std::optional<http::Response> answer(const http::Request& request) const;
  [[nodiscard]] std::uint64_t reminders_due() const noexcept { return reminders_due_.load(); }
  [[nodiscard]] std::uint64_t listening() const;

 private:
  const service::Platform& platform_;
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<api::GoneSystem>> systems_ = std::make_shared<std::vector<api::GoneSystem>>();
  std::map<std::string, std::unique_ptr<http::Server>> listeners_;  // by address
  std::set<std::string> told_;                                      // addresses that could not be had
  std::atomic<std::uint64_t> reminders_due_{};
};

// One listener that answers 410 for a system, whatever is asked. Errors: io.
[[nodiscard]] Result<std::unique_ptr<http::Server>> start_tombstone(const api::GoneSystem& system,
                                                                    const Listen& listen);

}  // namespace lindung::server
