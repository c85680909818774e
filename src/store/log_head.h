// The head of the transparency log, locked: the only way to append, so that indices have no gaps and no entry follows a
// cut (protocol.md section 10).
//
//   TRY(head, LogHead::lock(transaction));   // a statement of its own, before everything that a cut can change is read
//   ... read partner, epoch, link, idempotency: fresh, because these statements come after the lock ...
//   TRY(index, head.append(leaf));
//   TRYV(head.finish(now));
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"

namespace lindung::store {

// Lives inside one unit. Entries are written by finish(), in one statement where the engine can. A head that is dropped
// after an append and without finish() makes its unit fail: no fact is committed without its entry.
class LogHead {
 public:
  // Waits for the unit that holds the head. A second lock in the same unit is for after the first one's finish().
  // Errors: the database's own; corrupt if the head is not there (the database was not migrated); unavailable if the
  // log is shorter than what was published of it (Database::require_log).
  [[nodiscard]] static Result<LogHead> lock(Transaction& transaction);

  LogHead(LogHead&& other) noexcept;
  LogHead& operator=(LogHead&&) = delete;
  LogHead(const LogHead&) = delete;
  LogHead& operator=(const LogHead&) = delete;
  ~LogHead();

  // Returns the index of the entry. The bytes are copied.
  // Errors: invalid_argument after finish(), or for an empty leaf.
  [[nodiscard]] Result<std::uint64_t> append(BytesView leaf);
  // The leaves get the indices next(), next() + 1, … in their order.
  [[nodiscard]] Result<void> append_all(std::span<const BytesView> leaves);
  // Writes the entries and the new head, once; `at` is the moment written into the entries (a moment before
  // last_time() does not move it back). Without an append it writes nothing.
  [[nodiscard]] Result<void> finish(Moment at);

  // The index that the next append gets; the size of the log as this unit sees it.
  [[nodiscard]] std::uint64_t next() const noexcept { return first_ + sizes_.size(); }
  // The newest moment that an entry was given before this unit.
  [[nodiscard]] Moment last_time() const noexcept { return last_time_; }
  // The generation of timelines that serves: read with the lock, so that it is as fresh as the head itself.
  [[nodiscard]] std::uint64_t timeline_generation() const noexcept { return generation_; }

 private:
  LogHead(Transaction& transaction, std::uint64_t first, Moment last_time, std::uint64_t generation)
      : transaction_{&transaction}, first_{first}, last_time_{last_time}, generation_{generation} {}

  Transaction* transaction_;  // null once finished or moved from
  std::uint64_t first_;
  Moment last_time_;
  std::uint64_t generation_;
  Bytes leaves_;  // one behind the other
  std::vector<std::size_t> sizes_;
};

// The size of the log as this unit sees it, without the lock. On SQLite nobody else changes it meanwhile; on PostgreSQL
// answers that are being committed at this moment may get smaller indices and not see what this unit writes.
[[nodiscard]] Result<std::uint64_t> read_log_size(Transaction& transaction);
// The generation of timelines that serves, for who only reads.
[[nodiscard]] Result<std::uint64_t> read_timeline_generation(Transaction& transaction);
// From the commit of this unit on another generation serves. The unit has locked the head.
[[nodiscard]] Result<void> switch_timeline_generation(Transaction& transaction, std::uint64_t generation);

}  // namespace lindung::store
