// One connection to PostgreSQL, asynchronous and under deadlines: a server that was paused answers never, and a plain
// PQexec waits for it (postgres.md, item 1). When the time is over the socket is dropped; PQcancel is not used.
//
// Commands that only prepare the ground (BEGIN, SAVEPOINT, RELEASE) are put off and travel with the next statement, so
// that a unit in a group costs no round trip beside its own statements.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/postgres_address.h"
#include "store/postgres_failure.h"

namespace lindung::store {

// Used by one thread at a time.
class PostgresConnection {
 public:
  struct TimeLimits {
    std::chrono::milliseconds connect;
    std::chrono::milliseconds statement;
  };
  // Errors: unavailable.
  [[nodiscard]] static Result<std::unique_ptr<PostgresConnection>> connect(const PostgresAddress::Options& options,
                                                                           TimeLimits limits);
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;
  ~PostgresConnection() = default;

  // Sent with the next statement, in this order. The text is a literal.
  void put_off(const char* command) { put_off_.emplace_back(command); }
  [[nodiscard]] bool is_put_off(const char* command) const {
    return !put_off_.empty() && put_off_.back() == std::string_view{command};
  }
  void take_back_last() { put_off_.pop_back(); }
  void take_back_all() { put_off_.clear(); }

  // As Transaction::run. After an error, failure() says more.
  [[nodiscard]] Result<std::uint64_t> run(Sql sql, std::span<const Param> params,
                                          const std::function<void(const Row&)>& row);
  // A command without parameters and rows, once, with what was put off before it.
  [[nodiscard]] Result<void> command(const char* text);
  // COMMIT. Errors: outcome_unknown unless the server said that it did not happen; database_retry, database.
  [[nodiscard]] Result<void> commit();

  // False once the socket was dropped; then only to be destroyed.
  [[nodiscard]] bool is_open() const noexcept { return connection_ != nullptr; }
  // A transaction has been begun on the server, and not only put off.
  [[nodiscard]] bool in_transaction() const noexcept;
  [[nodiscard]] const std::optional<PostgresFailure>& failure() const noexcept { return failure_; }

 private:
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  struct Clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, Clear>;
  struct Prepared {
    std::string name;
    std::uint64_t last_use{0};
  };

  explicit PostgresConnection(TimeLimits limits) : limits_{limits} {}
  [[nodiscard]] Result<void> start(const PostgresAddress::Options& options);
  [[nodiscard]] Result<void> set_up();

  // One pipeline: what was put off, then `send`'s messages, answered by `count` answers; the last one is returned.
  [[nodiscard]] Result<Answer> exchange(std::size_t count, const std::function<bool()>& send);
  // The answer of the statement that comes next, null where libpq parts two of them.
  [[nodiscard]] Result<Answer> next_answer();
  [[nodiscard]] bool wait(bool for_writing);
  void forget_oldest_statement();

  [[nodiscard]] Error lost(std::string_view why);
  [[nodiscard]] Error too_late();
  [[nodiscard]] Error failed(PostgresFailure failure);
  static void on_notice(void* self, const PGresult* notice);

  TimeLimits limits_;
  std::unique_ptr<PGconn, Finish> connection_;
  std::chrono::steady_clock::time_point deadline_;
  std::vector<std::string> put_off_;
  std::unordered_map<std::string, Prepared> statements_;  // by address, size and kinds of parameters
  std::uint64_t uses_{0};
  std::uint64_t names_{0};
  std::size_t own_answers_{0};  // good ones to the last exchange, without those to what had been put off
  bool warned_{false};
  std::optional<PostgresFailure> failure_;
};

}  // namespace lindung::store
