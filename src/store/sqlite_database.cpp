#include "store/sqlite_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "store/connection_pool.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/migrations.h"
#include "store/schema.h"
#include "store/sqlite_checkpointer.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_session.h"

namespace lindung::store {

namespace {

constexpr Sql begin_reading{"BEGIN"};
constexpr Sql end_reading{"COMMIT"};
constexpr Sql trivial{"SELECT 1"};
// Writes a page although nothing changes: what a full disk would refuse.
constexpr Sql trivial_write{"UPDATE schema_version SET applied_at = applied_at"};

// One server a database. Not a lock on the database file itself: closing any descriptor of that file would drop the
// locks that SQLite holds in this process.
class Ownership {
 public:
  static Result<std::unique_ptr<Ownership>> take(const std::string& path) {
    const int file = ::open((path + "-owner").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0) return fail(Errc::io, "opening the database: " + std::generic_category().message(errno));
    auto ownership = std::unique_ptr<Ownership>{new Ownership{file}};
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) return fail(Errc::conflict, "another server has this database open");
    return ownership;
  }
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;
  ~Ownership() { ::close(file_); }

 private:
  explicit Ownership(int file) : file_{file} {}
  int file_;
};

class SqliteReading final : public Transaction {
 public:
  explicit SqliteReading(SqliteConnection& connection) : connection_{connection} {}
  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  [[nodiscard]] Result<std::uint64_t> run(Sql sql, std::initializer_list<Param> params,
                                          const std::function<void(const Row&)>& row) override {
    auto result = connection_.run(sql, params, row);
    if (result.has_error()) spoil(result.error());
    return result;
  }

 private:
  SqliteConnection& connection_;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(SqliteOptions options, std::span<const Migration> migrations)
      : options_{std::move(options)}, migrations_{migrations} {}

  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // The writer's connection goes last: the last one moves the write-ahead log into the file, and a reader cannot.
  ~SqliteDatabase() override {
    if (!writer_) return;
    writer_->stop();
    readers_.clear();
    checkpointer_->stop();
  }

  [[nodiscard]] Result<void> open() {
    TRY(ownership, Ownership::take(options_.path));
    ownership_ = std::move(ownership);
    TRY(writing, SqliteConnection::open(options_, SqliteConnection::Role::writer));
    TRY(moving, SqliteConnection::open(options_, SqliteConnection::Role::checkpointer));
    for (unsigned i = 0; i < std::max(options_.readers, 1U); ++i) {
      TRY(reading, SqliteConnection::open(options_, SqliteConnection::Role::reader));
      readers_.add(std::move(reading));
    }
    checkpointer_ = std::make_unique<SqliteCheckpointer>(std::move(moving));
    writer_ = std::make_unique<GroupWriter>(
        std::make_unique<SqliteSession>(std::move(writing), *checkpointer_, healthy_),
        GroupLimits{.max_queue = options_.max_queue, .max_group = options_.max_group, .retry_for = options_.deadline});
    return ok();
  }

  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  [[nodiscard]] Result<Migrated> migrate() override { return run_migrations(*this, migrations_); }
  void submit(Unit unit, Completion done) override { writer_->submit(std::move(unit), std::move(done)); }

  [[nodiscard]] Result<void> read(const Unit& unit) override {
    TRY(reader, readers_.lend(options_.deadline));
    TRYV(reader->run(begin_reading, {}, {}));
    SqliteReading reading{*reader};
    auto result = unit(reading);
    if (result.has_value() && reading.spoiled()) result = fail(reading.spoiled()->code, reading.spoiled()->detail);
    if (reader->in_transaction()) {
      auto ended = reader->run(end_reading, {}, {});
      if (ended.has_error() && result.has_value()) return fail("ending a read", ended.error());
    }
    return result;
  }

  [[nodiscard]] bool is_ready() override {
    if (ask(trivial, {}, {}).has_error()) return false;
    return healthy_ || write(run_once(trivial_write)).has_value();
  }

  [[nodiscard]] Result<std::int64_t> clock_s() override { return std::int64_t{std::time(nullptr)}; }
  [[nodiscard]] StoreCounters counters() const override { return writer_->counters(); }
  void require_log(std::uint64_t size) noexcept override { writer_->require_log(size); }
  [[nodiscard]] Result<void> backup(const std::string& folder) override;

 protected:
  [[nodiscard]] Result<void> run_alone(Sql sql, std::initializer_list<Param> params,
                                       const std::function<void(const Row&)>& row) override {
    TRY(reader, readers_.lend(options_.deadline));
    TRYV(reader->run(sql, params, row));
    return ok();
  }
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept override { return 2 * options_.deadline; }

 private:
  static Unit run_once(Sql sql) {
    return [sql](Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}));
      return ok();
    };
  }

  const SqliteOptions options_;
  const std::span<const Migration> migrations_;
  std::atomic<bool> healthy_{true};
  std::unique_ptr<Ownership> ownership_;
  ConnectionPool<SqliteConnection> readers_;
  std::unique_ptr<SqliteCheckpointer> checkpointer_;
  std::unique_ptr<GroupWriter> writer_;
};

Error backup_error(int code, sqlite3* handle) {
  const auto as = (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB ? Errc::corrupt : Errc::io;
  return {.code = as, .detail = std::string{"copying the database: "} + sqlite3_errmsg(handle)};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int why = errno;
  if (file >= 0) ::close(file);
  if (!synced) return fail(Errc::io, "syncing the backup: " + std::generic_category().message(why));
  return ok();
}

// One read transaction from the first page to the last, so the copy is one state; the writer goes on meanwhile.
Result<void> SqliteDatabase::backup(const std::string& folder) {
  const std::filesystem::path target = std::filesystem::path{folder} / "lindung.db";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Errc::io, "making the folder of the backup: " + error.message());
  if (std::filesystem::exists(target, error)) return fail(Errc::conflict, "the folder holds a database already");
  TRY(from, SqliteConnection::open(options_, SqliteConnection::Role::reader));
  TRY(to, SqliteConnection::open({.path = target, .deadline = options_.deadline}, SqliteConnection::Role::target));
  sqlite3_backup* const copying = sqlite3_backup_init(to->handle(), "main", from->handle(), "main");
  if (copying == nullptr) return outcome::failure(backup_error(SQLITE_ERROR, to->handle()));
  const int stepped = sqlite3_backup_step(copying, -1);
  const int finished = sqlite3_backup_finish(copying);
  if (stepped != SQLITE_DONE || finished != SQLITE_OK) return outcome::failure(backup_error(stepped, to->handle()));
  to.reset();
  return sync_folder(folder);
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(SqliteOptions options, std::span<const Migration> migrations) {
  // SQLite's accounts of its memory, which nobody reads, are a mutex that all connections share at each allocation. Too
  // late, and without harm, when another part of the process has begun to use SQLite.
  [[maybe_unused]] static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  auto database = std::make_unique<SqliteDatabase>(std::move(options), migrations);
  TRYV(database->open());
  return std::unique_ptr<Database>{std::move(database)};
}

Result<std::unique_ptr<Database>> open_sqlite(SqliteOptions options) {
  return open_sqlite(std::move(options), migrations());
}

}  // namespace lindung::store
