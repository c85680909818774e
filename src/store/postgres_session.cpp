#include "store/postgres_session.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/postgres_connection.h"
#include "store/postgres_failure.h"

namespace lindung::store {

namespace {

constexpr const char* begin_writing = "BEGIN ISOLATION LEVEL READ COMMITTED";
constexpr const char* open_savepoint = "SAVEPOINT unit";
constexpr const char* release_savepoint = "RELEASE SAVEPOINT unit";
constexpr const char* rollback_savepoint = "ROLLBACK TO SAVEPOINT unit";
constexpr const char* rollback_all = "ROLLBACK";

}  // namespace

Result<std::uint64_t> PostgresSession::run(Sql sql, std::initializer_list<Param> params,
                                           const std::function<void(const Row&)>& row) {
  if (loss_) return fail(loss_->why.code, loss_->why.detail);
  auto result = connection_->run(sql, params, row);
  if (result.has_value()) return result;
  spoil(result.error());
  using Kind = PostgresFailure::Kind;
  switch (connection_->failure()->kind) {
    case Kind::refused: break;
    case Kind::conflict: lose(result.error(), Remedy::again); break;
    case Kind::lost: lose(result.error(), Remedy::again); break;
    case Kind::read_only:  // demoted: look for the primary
      connection_.reset();
      lose(result.error(), Remedy::again);
      break;
    case Kind::deadline: lose(result.error(), Remedy::give_up); break;
  }
  return result;
}

void PostgresSession::lose(Error why, Remedy remedy) {
  healthy_ = false;
  if (!loss_) loss_ = Loss{.why = std::move(why), .remedy = remedy};
}

Result<void> PostgresSession::begin() {
  loss_.reset();
  rollback();
  if (!connection_ || !connection_->is_open()) {
    auto connected = connector_.connect();
    if (connected.has_error()) {
      lose(connected.error(), Remedy::give_up);
      return outcome::failure(std::move(connected).error());
    }
    connection_ = std::move(connected).value();
    if (was_connected_) connector_.note_lost();
    was_connected_ = true;
  }
  connection_->put_off(begin_writing);
  return ok();
}

Result<void> PostgresSession::savepoint() {
  connection_->put_off(open_savepoint);
  return ok();
}

// A unit that ran no statement has sent no savepoint either.
Result<void> PostgresSession::keep() {
  if (connection_->is_put_off(open_savepoint)) {
    connection_->take_back_last();
  } else {
    connection_->put_off(release_savepoint);
  }
  return ok();
}

Result<void> PostgresSession::undo() {
  if (connection_->is_put_off(open_savepoint)) {
    connection_->take_back_last();
  } else {
    connection_->put_off(rollback_savepoint);
    connection_->put_off(release_savepoint);
  }
  return ok();
}

Result<void> PostgresSession::commit() {
  if (!connection_->in_transaction()) {  // no unit ran a statement: there is nothing to commit
    connection_->take_back_all();
    return ok();
  }
  auto committed = connection_->commit();
  healthy_ = committed.has_value();
  return committed;
}

void PostgresSession::rollback() {
  if (!connection_) return;
  connection_->take_back_all();
  if (!connection_->in_transaction()) return;
  // A connection that does not even roll back is dropped; the server then does.
  if (connection_->command(rollback_all).has_error()) connection_.reset();
}

}  // namespace lindung::store
