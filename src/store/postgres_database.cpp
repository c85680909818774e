#include "store/postgres_database.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "store/connection_pool.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/migrations.h"
#include "store/postgres_address.h"
#include "store/postgres_connection.h"
#include "store/postgres_connector.h"
#include "store/postgres_failure.h"
#include "store/postgres_session.h"
#include "store/schema.h"

namespace lindung::store {

namespace {

constexpr const char* begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* end_reading = "COMMIT";
constexpr Sql takes_writes{
    "SELECT NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off'"};
constexpr Sql trivial_write{"UPDATE schema_version SET applied_at = applied_at"};
constexpr Sql clock{"SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"};

constexpr std::chrono::milliseconds migration_deadline{60'000};  // of each statement

// A place for a connection, which comes and goes with the server.
struct PostgresReader {
  std::unique_ptr<PostgresConnection> connection;
};

class PostgresReading final : public Transaction {
 public:
  explicit PostgresReading(PostgresConnection& connection) : connection_{connection} {}
  [[nodiscard]] Engine engine() const noexcept override { return Engine::postgresql; }
  [[nodiscard]] Result<std::uint64_t> run(Sql sql, std::initializer_list<Param> params,
                                          const std::function<void(const Row&)>& row) override {
    auto result = connection_.run(sql, params, row);
    if (result.has_error() && connection_.failure()->kind == PostgresFailure::Kind::read_only) {
      result = fail(Errc::database, "a write inside of a read");
    }
    if (result.has_error()) spoil(result.error());
    return result;
  }

 private:
  PostgresConnection& connection_;
};

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(PostgresOptions options, PostgresAddress address, std::span<const Migration> migrations)
      : options_{std::move(options)}, migrations_{migrations}, connector_{std::move(address), options_.deadline} {
    for (unsigned i = 0; i < std::max(options_.readers, 1U); ++i) readers_.add(std::make_unique<PostgresReader>());
  }

  // Errors: unavailable when no primary answers.
  [[nodiscard]] Result<void> open() {
    TRYV(clock_s());
    writer_ = std::make_unique<GroupWriter>(
        std::make_unique<PostgresSession>(connector_, healthy_),
        GroupLimits{.max_queue = options_.max_queue, .max_group = options_.max_group, .retry_for = options_.deadline});
    return ok();
  }

  [[nodiscard]] Engine engine() const noexcept override { return Engine::postgresql; }
  // By connections of its own: a statement of a migration may take its time, and nobody is answered meanwhile.
  [[nodiscard]] Result<Migrated> migrate() override {
    auto patient = options_;
    patient.deadline = std::max(patient.deadline, migration_deadline);
    patient.readers = 1;
    TRY(database, open_postgres(std::move(patient), migrations_));
    return run_migrations(*database, migrations_);
  }
  void submit(Unit unit, Completion done) override { writer_->submit(std::move(unit), std::move(done)); }

  [[nodiscard]] Result<void> read(const Unit& unit) override {
    return with_reader([&](PostgresConnection& connection) -> Result<void> {
      connection.put_off(begin_reading);
      PostgresReading reading{connection};
      auto result = unit(reading);
      if (result.has_value() && reading.spoiled()) result = fail(reading.spoiled()->code, reading.spoiled()->detail);
      connection.take_back_all();
      if (connection.in_transaction()) {
        auto ended = connection.command(end_reading);
        if (ended.has_error() && result.has_value()) return fail("ending a read", ended.error());
      }
      return result;
    });
  }

  [[nodiscard]] bool is_ready() override {
    bool primary = false;
    const auto asked = ask(takes_writes, {}, [&](const Row& row) { primary = row.integer(0) != 0; });
    if (asked.has_error() || !primary) return false;
    return healthy_ || write([](Transaction& transaction) -> Result<void> {
                         TRYV(transaction.run(trivial_write, {}));
                         return ok();
                       }).has_value();
  }

  [[nodiscard]] Result<std::int64_t> clock_s() override {
    std::int64_t now_s = 0;
    TRYV(ask(clock, {}, [&](const Row& row) { now_s = row.integer(0); }));
    return now_s;
  }

  [[nodiscard]] StoreCounters counters() const override {
    auto counters = writer_->counters();
    counters.connections_lost = connector_.lost();
    return counters;
  }
  void require_log(std::uint64_t size) noexcept override { writer_->require_log(size); }

  [[nodiscard]] Result<void> backup(const std::string& /*folder*/) override {
    return fail(Errc::unsupported,
                "PostgreSQL is backed up by its own tools: pg_dump --format=custom --file=lindung.dump");
  }

 protected:
  [[nodiscard]] Result<void> run_alone(Sql sql, std::initializer_list<Param> params,
                                       const std::function<void(const Row&)>& row) override {
    return with_reader([&](PostgresConnection& connection) -> Result<void> {
      TRYV(connection.run(sql, params, row));
      return ok();
    });
  }
  // Connecting, a statement and the commit, each within the deadline.
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept override { return 4 * options_.deadline; }

 private:
  // Reading again is harmless: a connection that died since its last use is replaced once.
  template <class Use>
  [[nodiscard]] Result<void> with_reader(const Use& use) {
    TRY(reader, readers_.lend(options_.deadline));
    for (bool again = reader->connection != nullptr;; again = false) {
      if (!reader->connection) {
        TRY(connection, connector_.connect());
        reader->connection = std::move(connection);
      }
      auto result = use(*reader->connection);
      if (reader->connection->is_open()) return result;
      const auto kind = reader->connection->failure()->kind;
      reader->connection.reset();
      connector_.note_lost();
      if (result.has_value() || !again || kind != PostgresFailure::Kind::lost) return result;
    }
  }

  const PostgresOptions options_;
  const std::span<const Migration> migrations_;
  std::atomic<bool> healthy_{true};
  // In the order of making; they go in the opposite one.
  PostgresConnector connector_;
  ConnectionPool<PostgresReader> readers_;
  std::unique_ptr<GroupWriter> writer_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(PostgresOptions options, std::span<const Migration> migrations) {
  TRY(address, PostgresAddress::parse(options.conninfo));
  auto database = std::make_unique<PostgresDatabase>(std::move(options), std::move(address), migrations);
  TRYV(database->open());
  return std::unique_ptr<Database>{std::move(database)};
}

Result<std::unique_ptr<Database>> open_postgres(PostgresOptions options) {
  return open_postgres(std::move(options), migrations());
}

}  // namespace lindung::store
