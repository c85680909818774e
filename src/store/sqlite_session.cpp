#include "store/sqlite_session.h"

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/sqlite_checkpointer.h"
#include "store/sqlite_connection.h"

namespace lindung::store {

namespace {

constexpr Sql begin_immediate{"BEGIN IMMEDIATE"};
constexpr Sql commit_all{"COMMIT"};
constexpr Sql rollback_all{"ROLLBACK"};
constexpr Sql open_savepoint{"SAVEPOINT unit"};
constexpr Sql release_savepoint{"RELEASE unit"};
constexpr Sql rollback_savepoint{"ROLLBACK TO unit"};

}  // namespace

SqliteSession::SqliteSession(std::unique_ptr<SqliteConnection> connection, SqliteCheckpointer& checkpointer,
                             std::atomic<bool>& healthy)
    : connection_{std::move(connection)}, healthy_{healthy} {
  const auto on_commit = [](void* to, sqlite3* /*handle*/, const char* /*name*/, int pages) {
    static_cast<SqliteCheckpointer*>(to)->committed(pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_->handle(), on_commit, &checkpointer);
}

Result<std::uint64_t> SqliteSession::run(Sql sql, std::initializer_list<Param> params,
                                         const std::function<void(const Row&)>& row) {
  auto result = connection_->run(sql, params, row);
  if (result.has_error()) {
    spoil(result.error());
    note_loss(result.error());
  }
  return result;
}

// SQLite ends the whole transaction by itself when the disk is full, on input and output errors, and when a write runs
// into its deadline.
void SqliteSession::note_loss(const Error& why) {
  if (why.code == Errc::unavailable || why.code == Errc::io || why.code == Errc::corrupt) healthy_ = false;
  if (!connection_->in_transaction() && !loss_) loss_ = Loss{.why = why, .remedy = Remedy::isolate};
}

Result<void> SqliteSession::command(Sql sql) {
  TRYV(connection_->run(sql, {}, {}));
  return ok();
}

Result<void> SqliteSession::begin() {
  loss_.reset();
  rollback();
  auto begun = command(begin_immediate);
  // A lock that another process holds too long is no better for a smaller group.
  if (begun.has_error()) {
    healthy_ = false;
    loss_ = Loss{.why = begun.error(), .remedy = Remedy::give_up};
  }
  return begun;
}

Result<void> SqliteSession::savepoint() { return command(open_savepoint); }

// Kept savepoints would nest, and SQLite walks all of them for each page that is written.
Result<void> SqliteSession::keep() { return command(release_savepoint); }

Result<void> SqliteSession::undo() {
  TRYV(command(rollback_savepoint));
  return command(release_savepoint);
}

Result<void> SqliteSession::commit() {
  auto committed = command(commit_all);
  if (!committed.has_error()) {
    healthy_ = true;
    return committed;
  }
  healthy_ = false;
  const int code = connection_->failure();
  rollback();
  // Refused before the last page, which makes the others count, was in the log: it did not happen. When writing or
  // syncing itself failed, that page may be in the file, and be found there after a crash.
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL || primary == SQLITE_BUSY || primary == SQLITE_CONSTRAINT) return committed;
  return fail(Errc::outcome_unknown, committed.error().detail);
}

void SqliteSession::rollback() {
  if (connection_->in_transaction()) static_cast<void>(connection_->run(rollback_all, {}, {}));
}

}  // namespace lindung::store
