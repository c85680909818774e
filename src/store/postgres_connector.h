// Finds the primary among the hosts: the last good one first, the others in turn, with a pause after all have failed.
// Shared by all connections of a database.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "store/postgres_address.h"
#include "store/postgres_connection.h"

namespace lindung::store {

class PostgresConnector {
 public:
  PostgresConnector(PostgresAddress address, std::chrono::milliseconds deadline);

  // Tries again until a primary answers or the deadline has passed; at once unavailable while no host answered to
  // another caller a moment ago, so that a queue of units does not wait once each.
  // Errors: unavailable.
  [[nodiscard]] Result<std::unique_ptr<PostgresConnection>> connect();

  // Counts connections that were lost: the next one may lead to another server, or to one that has forgotten something.
  void note_lost() noexcept { ++lost_; }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  // Each host once. Errors: unavailable.
  [[nodiscard]] Result<std::unique_ptr<PostgresConnection>> try_hosts();

  const PostgresAddress address_;
  const PostgresConnection::TimeLimits limits_;
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  std::size_t preferred_{0};  // the last good host
  bool down_{false};          // the last caller found no primary
  Time quiet_until_{};        // while down
};

}  // namespace lindung::store
