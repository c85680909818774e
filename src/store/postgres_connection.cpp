#include "store/postgres_connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/postgres_address.h"
#include "store/postgres_failure.h"
#include "store/postgres_parameters.h"

namespace lindung::store {

namespace {

constexpr std::size_t max_statements = 512;  // a connection; the program has fewer texts
constexpr int text_format = 0;
constexpr int binary_format = 1;

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row) : result_{result}, row_{row} {}
  [[nodiscard]] bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  [[nodiscard]] std::int64_t integer(int column) const override {
    const auto raw = value(column);
    switch (PQftype(result_, column)) {
      case type_int8: return static_cast<std::int64_t>(get_be<std::uint64_t>(raw));
      case type_int4: return static_cast<std::int32_t>(get_be<std::uint32_t>(raw));
      case type_int2: return static_cast<std::int16_t>(get_be<std::uint16_t>(raw));
      case type_bool: return raw[0];
      default: std::abort();  // a programming error, not a state of the data
    }
  }
  [[nodiscard]] std::string_view text(int column) const override {
    const auto type = PQftype(result_, column);
    if (type != type_text && type != type_varchar && type != type_name) std::abort();
    return as_text(value(column));
  }
  [[nodiscard]] BytesView bytes(int column) const override {
    if (PQftype(result_, column) != type_bytea) std::abort();
    return value(column);
  }

 private:
  [[nodiscard]] BytesView value(int column) const {
    if (is_null(column)) std::abort();
    return as_bytes({PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))});
  }
  const PGresult* result_;
  int row_;
};

std::string key_of(Sql sql, const std::string& signature) {
  const auto address = reinterpret_cast<std::uintptr_t>(sql.text.data());  // NOLINT: an address is the key
  return std::to_string(address) + "/" + std::to_string(sql.text.size()) + "/" + signature;
}

std::uint64_t changed_rows(PGresult* result) {
  const std::string_view text{PQcmdTuples(result)};
  std::uint64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

bool is_good(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::connect(const PostgresAddress::Options& options,
                                                                        TimeLimits limits) {
  std::unique_ptr<PostgresConnection> connection{new PostgresConnection{limits}};
  TRYV(connection->start(options));
  TRYV(connection->set_up());
  return connection;
}

Result<void> PostgresConnection::start(const PostgresAddress::Options& options) {
  deadline_ = std::chrono::steady_clock::now() + limits_.connect;
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : options) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) return outcome::failure(lost("no connection"));
  for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK; step = PQconnectPoll(connection_.get())) {
    if (step == PGRES_POLLING_FAILED) return outcome::failure(lost(PQerrorMessage(connection_.get())));
    if (!wait(step == PGRES_POLLING_WRITING)) return outcome::failure(too_late());
  }
  return ok();
}

// Whoever vanishes, by a pause or a cut cable, must not hold the head of the log for longer than others wait for it:
// the server itself ends transactions that idle and statements whose client is gone. What waits for a lock gives up by
// itself at our deadline, so that the connection lives on; COMMIT has no timeout on the server, see commit().
Result<void> PostgresConnection::set_up() {
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1) {
    return outcome::failure(lost("no pipeline"));
  }
  PQsetNoticeReceiver(connection_.get(), &PostgresConnection::on_notice, this);
  const auto lock_ms = limits_.statement * 9 / 10;
  const auto text =
      "SELECT set_config(wanted.name, wanted.value, false) FROM (VALUES ('lock_timeout', '" +
      std::to_string(lock_ms.count()) + "'), ('idle_in_transaction_session_timeout', '" +
      std::to_string(2 * limits_.statement.count()) +
      "'), ('client_connection_check_interval', '1000'), ('synchronous_commit', 'on')) AS wanted (name, value) "
      "JOIN pg_settings AS found ON found.name = wanted.name "
      "WHERE wanted.name <> 'synchronous_commit' OR found.setting = 'off'";
  return command(text.c_str());
}

bool PostgresConnection::in_transaction() const noexcept {
  if (!connection_) return false;
  const auto status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

Result<std::uint64_t> PostgresConnection::run(Sql sql, std::span<const Param> params,
                                              const std::function<void(const Row&)>& row) {
  const PostgresParameters parameters{params};
  const auto key = sql.once ? std::string{} : key_of(sql, parameters.signature());
  auto found = sql.once ? statements_.end() : statements_.find(key);
  const bool known = found != statements_.end();
  if (!known && !sql.once && statements_.size() >= max_statements) forget_oldest_statement();
  const std::string name = known ? found->second.name : sql.once ? std::string{} : "s" + std::to_string(++names_);
  const auto send = [&] {
    if (!known) {
      const std::string text{sql.text};
      if (PQsendPrepare(connection_.get(), name.c_str(), text.c_str(), parameters.count(), parameters.types()) != 1) {
        return false;
      }
    }
    return PQsendQueryPrepared(connection_.get(), name.c_str(), parameters.count(), parameters.values(),
                               parameters.lengths(), parameters.formats(), binary_format) == 1;
  };
  auto answered = exchange(known ? 1 : 2, send);
  // What was prepared stays so when running it failed, and when its transaction does not last.
  if (!known && !sql.once && own_answers_ > 0) found = statements_.emplace(key, Prepared{.name = name}).first;
  if (found != statements_.end()) found->second.last_use = ++uses_;
  if (answered.has_error()) return outcome::failure(std::move(answered).error());
  PGresult* const result = answered.value().get();
  if (PQresultStatus(result) == PGRES_COMMAND_OK) return changed_rows(result);
  const int rows = PQntuples(result);
  for (int i = 0; row && i < rows; ++i) row(PostgresRow{result, i});
  return static_cast<std::uint64_t>(rows);
}

Result<void> PostgresConnection::command(const char* text) {
  const auto send = [&] {
    return PQsendQueryParams(connection_.get(), text, 0, nullptr, nullptr, nullptr, nullptr, text_format) == 1;
  };
  TRYV(exchange(1, send));
  return ok();
}

// A success with a warning is a commit that a standby may not have (postgres.md, item 2). The server's
// statement_timeout is not used, since it would cause just that.
Result<void> PostgresConnection::commit() {
  warned_ = false;
  const auto send = [&] {
    return PQsendQueryParams(connection_.get(), "COMMIT", 0, nullptr, nullptr, nullptr, nullptr, text_format) == 1;
  };
  auto answered = exchange(1, send);
  if (answered.has_error()) {
    using Kind = PostgresFailure::Kind;
    const auto kind = failure_->kind;
    if (kind == Kind::refused || kind == Kind::conflict) return outcome::failure(std::move(answered).error());
    return fail(Errc::outcome_unknown, answered.error().detail);
  }
  if (warned_) return fail(Errc::outcome_unknown, "PostgreSQL: committed with a warning, perhaps not replicated");
  if (std::string_view{PQcmdStatus(answered.value().get())} != "COMMIT") {
    return fail(Errc::database, "PostgreSQL: the transaction had failed before its COMMIT");
  }
  return ok();
}

Result<PostgresConnection::Answer> PostgresConnection::exchange(std::size_t count, const std::function<bool()>& send) {
  failure_.reset();
  own_answers_ = 0;
  if (!connection_) return outcome::failure(lost("dropped before"));
  deadline_ = std::chrono::steady_clock::now() + limits_.statement;
  const auto before = std::exchange(put_off_, {});
  for (const auto& command : before) {
    if (PQsendQueryParams(connection_.get(), command.c_str(), 0, nullptr, nullptr, nullptr, nullptr, text_format) !=
        1) {
      return outcome::failure(lost("sending"));
    }
  }
  if (!send() || PQpipelineSync(connection_.get()) != 1) return outcome::failure(lost("sending"));
  Answer last;
  std::optional<PostgresFailure> first_failure;
  for (std::size_t i = 0; i < before.size() + count; ++i) {
    TRY(answer, next_answer());
    if (!answer) return outcome::failure(lost("an answer is missing"));
    if (is_good(answer.get())) {
      if (i >= before.size()) ++own_answers_;
    } else if (!first_failure) {
      auto found = failure_of(answer.get());
      if (found.kind == PostgresFailure::Kind::lost) {
        connection_.reset();
        return outcome::failure(failed(std::move(found)));
      }
      first_failure = std::move(found);
    }
    last = std::move(answer);
    TRY(end, next_answer());
    if (end) return outcome::failure(lost("an answer too many"));
  }
  TRY(sync, next_answer());
  if (!sync || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) return outcome::failure(lost("no end of answers"));
  if (first_failure) return outcome::failure(failed(*std::move(first_failure)));
  return last;
}

Result<PostgresConnection::Answer> PostgresConnection::next_answer() {
  PGconn* const connection = connection_.get();
  for (;;) {
    const int unsent = PQflush(connection);
    if (unsent < 0) return outcome::failure(lost("writing"));
    if (PQisBusy(connection) == 0) return Answer{PQgetResult(connection)};
    if (!wait(unsent == 1)) return outcome::failure(too_late());
    if (PQconsumeInput(connection) == 0) return outcome::failure(lost("reading"));
  }
}

// Waits until there is something to read, or also room to write. False when the deadline has passed.
bool PostgresConnection::wait(bool for_writing) {
  const int socket = PQsocket(connection_.get());
  if (socket < 0) return false;
  const bool connecting = PQstatus(connection_.get()) != CONNECTION_OK;
  const auto also_reading = static_cast<short>(connecting && for_writing ? 0 : POLLIN);
  pollfd waiting{.fd = socket,
                 .events = static_cast<short>(also_reading | static_cast<short>(for_writing ? POLLOUT : 0)),
                 .revents = 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

void PostgresConnection::forget_oldest_statement() {
  const auto oldest =
      std::ranges::min_element(statements_, {}, [](const auto& entry) { return entry.second.last_use; });
  put_off_.push_back("DEALLOCATE " + oldest->second.name);
  statements_.erase(oldest);
}

Error PostgresConnection::lost(std::string_view why) {
  const std::string kept{why};  // it may be the connection's own memory
  connection_.reset();
  return failed(failure_of_state({}, kept));
}

Error PostgresConnection::too_late() {
  connection_.reset();
  return failed({.kind = PostgresFailure::Kind::deadline,
                 .error = {.code = Errc::unavailable, .detail = "PostgreSQL: no answer within the deadline"}});
}

Error PostgresConnection::failed(PostgresFailure failure) {
  failure_ = std::move(failure);
  return failure_->error;
}

void PostgresConnection::on_notice(void* self, const PGresult* notice) {
  const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity != nullptr && std::string_view{severity} == "WARNING") {
    static_cast<PostgresConnection*>(self)->warned_ = true;
  }
}

}  // namespace lindung::store
