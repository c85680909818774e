// Group commit, the same for both engines: one thread takes all units that wait, runs them in one transaction, commits
// once, then releases the results in order. One fsync serves hundreds of requests.
//
// Invariants
// 1. A completion is called exactly once, after its unit's fate is as certain as it gets (finish).
// 2. A unit that fails alone is undone to its savepoint and disturbs no other (run_unit); when the engine cannot do
// that
//    because the whole transaction went, all are run again, each alone (run_group).
// 3. Nothing is run again once COMMIT was sent, except when the engine says that it did not happen (commit_group).
// 4. It gathers only while a commit is running: an idle writer commits the first unit at once (UnitQueue::take).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"

namespace lindung::store {

// The engine's writing connection, driven by the group writer on its thread only.
class WriteSession : public Transaction {
 public:
  // Why a transaction is gone with every unit in it, and what is left to do about it.
  enum class Remedy : std::uint8_t {
    again,    // a conflict or a lost connection: nothing was recorded, run the group again
    isolate,  // one unit was too much for the engine: run each alone
    give_up,  // the deadline has passed: nothing was recorded, and there is no time to try again
  };
  struct Loss {
    Error why;
    Remedy remedy;
  };

  // Ends what an attempt before it left open. Errors: unavailable when the database does not answer; nothing was
  // recorded.
  [[nodiscard]] virtual Result<void> begin() = 0;
  // Before a unit, after one that succeeded, after one that failed.
  [[nodiscard]] virtual Result<void> savepoint() = 0;
  [[nodiscard]] virtual Result<void> keep() = 0;
  [[nodiscard]] virtual Result<void> undo() = 0;
  // Errors: outcome_unknown; database_retry when it did not happen and may be tried again; others: it did not happen.
  [[nodiscard]] virtual Result<void> commit() = 0;
  virtual void rollback() = 0;
  // Set when the transaction went, and until the next begin().
  [[nodiscard]] virtual const std::optional<Loss>& loss() const noexcept = 0;

  void begin_unit(std::uint64_t required_log) noexcept {
    unspoil();
    set_required_log(required_log);
  }
};

struct QueuedUnit {
  Unit unit;
  Completion done;
};

// Bounded, first in first out, many in and one out.
class UnitQueue {
 public:
  explicit UnitQueue(std::size_t limit) : limit_{limit} {}
  // Takes the unit only if it returns no error. Errors: busy when full, unavailable when closed.
  [[nodiscard]] Result<void> push(QueuedUnit& unit);
  // Waits for at least one. Empty only when the queue is closed and drained.
  [[nodiscard]] std::vector<QueuedUnit> take(std::size_t max);
  void close();
  [[nodiscard]] std::size_t depth() const;

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<QueuedUnit> units_;
  bool closed_{false};
};

struct GroupLimits {
  std::size_t max_queue;
  std::size_t max_group;
  std::chrono::milliseconds retry_for;  // no attempt begins later than this after the first
};

class GroupWriter {
 public:
  GroupWriter(std::unique_ptr<WriteSession> session, GroupLimits limits);
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;
  ~GroupWriter() { stop(); }

  // Runs what is queued, then takes no more. The session stays open until the writer goes.
  void stop();

  void submit(Unit unit, Completion done);
  [[nodiscard]] StoreCounters counters() const;
  void require_log(std::uint64_t size) noexcept;

 private:
  struct Running {
    QueuedUnit* queued;
    std::optional<Result<void>> outcome;  // set early for a unit that failed by itself
  };

  void serve();
  void run_group(std::span<Running> group);
  // True when the outcomes are settled, false when the transaction was lost and may be tried again.
  [[nodiscard]] bool attempt_group(std::span<Running> group);
  [[nodiscard]] Result<void> run_unit(const Unit& unit);
  [[nodiscard]] bool commit_group(std::span<Running> group);
  void finish(std::span<Running> group);

  std::unique_ptr<WriteSession> session_;
  const GroupLimits limits_;
  UnitQueue queue_;
  std::atomic<std::uint64_t> commits_{0}, units_{0}, failed_{0}, retries_{0};
  std::atomic<std::uint64_t> required_log_{0};
  std::optional<WriteSession::Loss> loss_;
  std::thread thread_;
};

}  // namespace lindung::store
