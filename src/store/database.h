// The promise of the store, kept by two engines (SQLite, PostgreSQL) and tested by one suite on both.
//
// 1. A unit of work is one synchronous function over a Transaction; its effects are all there, durably, or not at all.
// 2. A completion is called only after the commit that holds its unit is durable, in commit order.
// 3. Units are serialised with respect to the log: a unit that calls lock_log_head() first sees, in the statements
// after
//    it, everything that was committed before it got the lock (protocol.md section 10).
// 4. Every call has a deadline of ours; a hung database is Errc::outcome_unknown or Errc::unavailable, never a hung
// thread.
// 5. A unit whose function returns an error leaves nothing behind, and disturbs no unit committed with it.
// 6. After require_log() no unit gets the head of a shorter log: a database that lost its tail takes no more entries.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::store {

// A statement with $1, $2, … parameters. The text must be a literal or otherwise outlive the program: statements are
// prepared once a connection and found again by their text's address. Not so with `once`: prepared, run, forgotten.
struct Sql {
  std::string_view text;
  bool once{false};
};

// A parameter; views must live until the call returns. The array forms are for PostgreSQL's batch statements only.
using Param = std::variant<std::monostate, std::int64_t, std::string_view, BytesView, std::span<const std::int64_t>,
                           std::span<const BytesView>, std::span<const std::string_view>>;

// One row of a result, valid inside the callback that is shown it. Columns count from 0. Reading a column as another
// type than the engine returned is a programming error and terminates.
class Row {
 public:
  Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  virtual ~Row() = default;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual BytesView bytes(int column) const = 0;
};

enum class Engine : std::uint8_t { sqlite, postgresql };

class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;
  [[nodiscard]] virtual Engine engine() const noexcept = 0;
  // Calls `row` for each row, in order. Returns the number of rows returned or, for a statement without rows, changed.
  // A statement that failed fails its unit, whatever the unit returns: PostgreSQL goes on no other way.
  // Errors: database (SQL the engine refuses, constraint), database_retry, unavailable (deadline, disk full), corrupt;
  // invalid_argument for an array on SQLite, or for a statement run from inside its own row callback.
  [[nodiscard]] virtual Result<std::uint64_t> run(Sql sql, std::initializer_list<Param> params,
                                                  const std::function<void(const Row&)>& row = {}) = 0;

  // The unit cannot be committed any more, whatever it returns: something was begun and left unfinished.
  void spoil(Error why) {
    if (!spoiled_) spoiled_ = std::move(why);
  }
  [[nodiscard]] const std::optional<Error>& spoiled() const noexcept { return spoiled_; }
  // What require_log() asked for, for who locks the head.
  [[nodiscard]] std::uint64_t required_log() const noexcept { return required_log_; }

 protected:
  void unspoil() noexcept { spoiled_.reset(); }
  void set_required_log(std::uint64_t size) noexcept { required_log_ = size; }

 private:
  std::uint64_t required_log_{};
  std::optional<Error> spoiled_;
};

// A unit may run more than once before its completion is called (a conflict, a lost connection, a neighbour that took
// the transaction with it): it begins by resetting what it has captured.
using Unit = std::function<Result<void>(Transaction&)>;
using Completion = std::function<void(Result<void>)>;

struct StoreCounters {
  std::uint64_t commits{}, units{}, units_failed{}, retries{}, queue_depth{};
  std::uint64_t connections_lost{};  // and made again, or to be made again; none on SQLite
};

// What migrate() found and did.
struct Migrated {
  std::int64_t before{};         // schema version; 0: an empty database
  std::int64_t after{};          // this program's
  std::vector<std::string> ran;  // names, in order; empty: there was nothing to do
};

class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  [[nodiscard]] virtual Engine engine() const noexcept = 0;
  // Brings the schema to this program's version. Errors: conflict if the database is newer than the program.
  [[nodiscard]] virtual Result<Migrated> migrate() = 0;
  // Queues a unit for the next group commit. Never blocks. `done` runs on the database's thread and must not block:
  // with outcome_unknown when the commit's fate is not known, unavailable when nothing was recorded because the
  // database does not answer, and else with what the unit returned. When the queue is full (busy) or the database is
  // being closed (unavailable) it runs at once on the calling thread; nothing was recorded.
  virtual void submit(Unit unit, Completion done) = 0;
  // submit() and wait; longer than patience() only for a statement of the unit that is running. Not from a database
  // thread.
  [[nodiscard]] Result<void> write(Unit unit);
  // Runs on the calling thread over a consistent read-only snapshot.
  [[nodiscard]] virtual Result<void> read(const Unit& unit) = 0;
  // The same of one SELECT, whose rows are a snapshot by themselves: a question to the database where read() asks
  // three. `row` may be shown the first rows again, after a connection was lost. Errors: those of Transaction::run;
  // database for another statement than a SELECT.
  [[nodiscard]] Result<void> ask(Sql sql, std::initializer_list<Param> params,
                                 const std::function<void(const Row&)>& row);
  // True when a trivial statement answers within the deadline and a write could be made.
  [[nodiscard]] virtual bool is_ready() = 0;
  // The database's own clock, Unix seconds; SQLite has none and gives the machine's.
  [[nodiscard]] virtual Result<std::int64_t> clock_s() = 0;
  [[nodiscard]] virtual StoreCounters counters() const = 0;
  // So many entries of the log were published: from now on LogHead::lock() refuses a shorter one. Never taken back.
  virtual void require_log(std::uint64_t size) noexcept = 0;
  // A consistent copy into an empty folder, while the database serves. Errors: unsupported on PostgreSQL (use pg_dump:
  // the detail says how), io.
  [[nodiscard]] virtual Result<void> backup(const std::string& folder) = 0;

 protected:
  [[nodiscard]] virtual Result<void> run_alone(Sql sql, std::initializer_list<Param> params,
                                               const std::function<void(const Row&)>& row) = 0;
  // How long write() waits for a commit before it calls the outcome unknown.
  [[nodiscard]] virtual std::chrono::milliseconds patience() const noexcept = 0;
};

struct SqliteOptions {
  std::string path;
  std::size_t max_queue{4096};
  std::size_t max_group{512};                 // units a commit
  unsigned readers{4};                        // connections for read()
  std::chrono::milliseconds deadline{5'000};  // each statement, its wait for a lock included
  std::uint64_t max_pages{0};                 // of 4 KiB; more is a full disk; 0: what SQLite allows
};
struct PostgresOptions {
  std::string conninfo;  // libpq connection string, several hosts allowed
  std::size_t max_queue{4096};
  std::size_t max_group{512};
  unsigned readers{4};                        // connections for read()
  std::chrono::milliseconds deadline{1'500};  // each statement and the commit
};
// Errors: io, database, conflict (a second server holds it).
[[nodiscard]] Result<std::unique_ptr<Database>> open_sqlite(SqliteOptions options);
[[nodiscard]] Result<std::unique_ptr<Database>> open_postgres(PostgresOptions options);

}  // namespace lindung::store
