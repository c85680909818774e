// The nodes on one database, as one of them sees the others: so that a cut is called effective only when no node can
// let out an answer any more that stands before it in the log (docs/adr/0020-nodes-that-drain.md, docs/models/cut.pml).
//
// Invariants
// 1. Nothing leaves a node but under the lease that its question was taken under, and before the node's own clock ends
//    that lease (service/lease.h); a lease lives no longer than the node's row in the table.
// 2. Whoever removes the row of another node has seen it unrenewed for longer than any lease lasts, by a clock of its
// own
//    that no one sets: no two machines' clocks are compared.
// 3. A cut's entry is committed before the rows are read. So each node that can have an answer of before the cut on its
//    way has a row then, and has said in it that it drained, or is waited for.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "service/in_flight.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

class Nodes {
 public:
  struct Times {
    std::chrono::milliseconds kept{4'000};      // how long a renewal lasts for the node itself, from before it was sent
    std::chrono::milliseconds believed{5'000};  // how long the others let it last, from when they saw it
    std::chrono::milliseconds patience{10'000};  // how long a cut waits for the others
  };

  // From here on nothing leaves this node until renew() has succeeded.
  Nodes(store::Database& database, const Clock& clock, InFlight& in_flight);
  Nodes(store::Database& database, const Clock& clock, InFlight& in_flight, Times times);

  // Shows that this node is there, and removes those that are not any more. By one thread, well within Times::kept.
  // Errors: the database's own; the lease goes on until its end then.
  [[nodiscard]] Result<void> renew();
  // Drains for the cuts of other nodes, and tells them. By the same thread, as often as a cut is to be quick.
  // Errors: the database's own.
  [[nodiscard]] Result<void> drain_for_cuts(const Platform& platform);
  // Ends the lease, and goes from the table if nothing is on its way.
  void leave();

  // Whether no other node can let out an answer that stands before this entry in the log; waits for it, with an end.
  [[nodiscard]] bool wait_for_others(std::uint64_t cut_index) const;

  [[nodiscard]] bool holds_lease() const noexcept;
  // As of the last renewal. The first is the one that does what only one of them need do.
  [[nodiscard]] bool is_alone() const noexcept { return count_.load() <= 1; }
  [[nodiscard]] bool is_first() const noexcept { return is_first_.load(); }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_.load(); }

 private:
  using NodeId = ByteArray<16>;
  struct Row {
    NodeId id{};
    std::int64_t joined_at{};
    std::int64_t renewals{};
  };
  struct Seen {
    std::int64_t renewals{};
    std::chrono::nanoseconds since{};  // boot: when this count was first seen
  };
  struct PendingCut {
    std::uint64_t index{};
    InFlight::Draining draining;
  };

  [[nodiscard]] std::optional<NodeId> id() const;
  void set_id(const std::optional<NodeId>& id);
  [[nodiscard]] Result<bool> prolong(const NodeId& id);
  [[nodiscard]] Result<void> join(std::chrono::nanoseconds asked_at);
  [[nodiscard]] Result<void> look_around();
  [[nodiscard]] Result<void> remove(const NodeId& id, std::int64_t renewals);

  store::Database& database_;
  const Clock& clock_;
  InFlight& in_flight_;
  const Times times_;
  mutable std::mutex mutex_;
  std::optional<NodeId> id_;  // of the row; another one each time that it joins
  std::map<NodeId, Seen> seen_;
  std::vector<PendingCut> pending_;
  std::uint64_t known_{};  // cuts at indexes below are known
  std::uint64_t told_{};   // and below this one the others have been told
  std::atomic<std::uint64_t> count_{0};
  std::atomic<bool> is_first_{false};
};

}  // namespace lindung::service
