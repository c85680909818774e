#include "store/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/sqlite_wal_buffer.h"

namespace lindung::store {

namespace {

constexpr std::size_t max_statements = 512;          // a connection; the program has fewer texts
constexpr int steps_between_looks = 20'000;          // of SQLite's machine, some 0.2 ms, between looks at the deadline
constexpr std::chrono::microseconds first_wait{50};  // for a lock that another connection holds
constexpr std::chrono::microseconds longest_wait{1'000};

// Memory-mapped reading stays off: a disk that fails would then end the process instead of giving an error.
constexpr const char* settings_of_all =
    "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; "
    "PRAGMA temp_store=MEMORY;";
constexpr const char* settings_of_writer =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; "
    "PRAGMA journal_size_limit=100663296; PRAGMA cache_size=-65536;";
constexpr const char* settings_of_reader = "PRAGMA query_only=ON; PRAGMA cache_size=-16384;";
constexpr const char* settings_of_checkpointer = "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;";

const char* settings_of(SqliteConnection::Role role) {
  switch (role) {
    case SqliteConnection::Role::writer: return settings_of_writer;
    case SqliteConnection::Role::reader: return settings_of_reader;
    case SqliteConnection::Role::checkpointer: return settings_of_checkpointer;
    case SqliteConnection::Role::target: return "PRAGMA synchronous=FULL;";
  }
  return "";
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_{statement} {}
  [[nodiscard]] bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::int64_t integer(int column) const override {
    expect(column, SQLITE_INTEGER);
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::string_view text(int column) const override {
    expect(column, SQLITE_TEXT);
    const auto* start =
        reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));  // NOLINT: SQLite's type
    return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  [[nodiscard]] BytesView bytes(int column) const override {
    expect(column, SQLITE_BLOB);
    const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  void expect(int column, int type) const {
    if (sqlite3_column_type(statement_, column) != type) std::abort();  // a programming error, not a state of the data
  }
  sqlite3_stmt* statement_;
};

// "$12" is 12, and so is "$12::bigint", which PostgreSQL reads as a cast and SQLite as a longer name. 0 if neither.
std::size_t number_of(const char* name) {
  if (name == nullptr || *name != '$') return 0;
  const std::string_view digits{name + 1};
  std::size_t number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const std::string_view rest{parsed.ptr, static_cast<std::size_t>(digits.data() + digits.size() - parsed.ptr)};
  return parsed.ec == std::errc{} && (rest.empty() || rest.starts_with("::")) ? number : 0;
}

// Memory that the parameter shows must stay until the statement is reset: it does, run() resets before it returns. An
// empty view may have no address, which SQLite would take for NULL.
int bind(sqlite3_stmt* statement, int index, const Param& param) {
  if (std::holds_alternative<std::monostate>(param)) return sqlite3_bind_null(statement, index);
  if (const auto* integer = std::get_if<std::int64_t>(&param)) return sqlite3_bind_int64(statement, index, *integer);
  if (const auto* text = std::get_if<std::string_view>(&param)) {
    return sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  if (const auto* bytes = std::get_if<BytesView>(&param)) {
    if (bytes->empty()) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob64(statement, index, bytes->data(), bytes->size(), SQLITE_STATIC);
  }
  return SQLITE_MISMATCH;
}

// The database file holds who was where: nobody but its owner reads it. SQLite gives its -wal and -shm the same mode.
Result<void> create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) return fail(Errc::io, "opening the database: " + std::generic_category().message(errno));
  ::close(file);
  return ok();
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const SqliteOptions& options, Role role) {
  if (role == Role::writer || role == Role::target) {
    TRYV(create_private(options.path));
  }
  std::unique_ptr<SqliteConnection> connection{new SqliteConnection{options.deadline}};
  const int access = role == Role::reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* handle = nullptr;
  const char* const vfs = role == Role::writer ? wal_buffer_vfs() : nullptr;
  const int code = sqlite3_open_v2(options.path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX, vfs);
  connection->handle_.reset(handle);
  if (code != SQLITE_OK) return outcome::failure(connection->error_of(code));
  TRYV(connection->configure(options, role));
  return connection;
}

Result<void> SqliteConnection::configure(const SqliteOptions& options, Role role) {
  sqlite3* const handle = handle_.get();
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_busy_handler(handle, &SqliteConnection::on_busy, this);
  deadline_ = std::chrono::steady_clock::now() + limit_;
  const auto set = [&](const char* settings) -> Result<void> {
    const int code = sqlite3_exec(handle, settings, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return outcome::failure(error_of(code));
    return ok();
  };
  TRYV(set(settings_of_all));
  TRYV(set(settings_of(role)));
  if (options.max_pages > 0) {
    TRYV(set(("PRAGMA max_page_count=" + std::to_string(options.max_pages)).c_str()));
  }
  // A checkpoint or a backup is not a statement with a deadline, and cannot be taken back half-way.
  if (role == Role::writer || role == Role::reader) {
    sqlite3_progress_handler(handle, steps_between_looks, &SqliteConnection::on_progress, this);
  }
  return ok();
}

Result<std::uint64_t> SqliteConnection::run(Sql sql, std::span<const Param> params,
                                            const std::function<void(const Row&)>& row) {
  deadline_ = std::chrono::steady_clock::now() + limit_;
  if (sql.once) {
    TRY(statement, prepare(sql.text));
    return execute(statement, params, row);
  }
  TRY(statement, find(sql));
  return execute(*statement, params, row);
}

int SqliteConnection::checkpoint(int mode, std::chrono::milliseconds wait) {
  deadline_ = std::chrono::steady_clock::now() + wait;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, mode, nullptr, &moved);
  return code == SQLITE_OK ? moved : 0;
}

Result<SqliteStatement> SqliteConnection::prepare(std::string_view text) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  SqliteStatement statement;
  statement.handle.reset(handle);
  if (code != SQLITE_OK) return outcome::failure(error_of(code));
  if (handle == nullptr) return fail(Errc::database, "an empty statement");
  const int count = sqlite3_bind_parameter_count(handle);
  for (int index = 1; index <= count; ++index) {
    const auto number = number_of(sqlite3_bind_parameter_name(handle, index));
    if (number == 0) return fail(Errc::database, "a parameter that is not $1, $2, …");
    statement.parameters.push_back(number);
    statement.highest = std::max(statement.highest, number);
  }
  return statement;
}

Result<SqliteStatement*> SqliteConnection::find(Sql sql) {
  const Key key{.text = sql.text.data(), .size = sql.text.size()};
  auto found = statements_.find(key);
  if (found == statements_.end()) {
    if (statements_.size() >= max_statements) {
      const auto oldest = std::ranges::min_element(
          statements_, {}, [](const auto& entry) { return entry.second.in_use ? UINT64_MAX : entry.second.last_use; });
      if (!oldest->second.in_use) statements_.erase(oldest);
    }
    TRY(statement, prepare(sql.text));
    found = statements_.emplace(key, std::move(statement)).first;
  }
  if (found->second.in_use) return fail(Errc::invalid_argument, "a statement run from inside its own rows");
  found->second.last_use = ++uses_;
  return &found->second;
}

Result<std::uint64_t> SqliteConnection::execute(SqliteStatement& statement, std::span<const Param> params,
                                                const std::function<void(const Row&)>& row) {
  if (statement.highest != params.size()) {
    return fail(Errc::database, "a statement of " + std::to_string(statement.highest) + " parameters was given " +
                                    std::to_string(params.size()));
  }
  sqlite3_stmt* const handle = statement.handle.get();
  for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
    const int code = bind(handle, static_cast<int>(i + 1), params[statement.parameters[i] - 1]);
    if (code == SQLITE_MISMATCH) return fail(Errc::invalid_argument, "arrays are for PostgreSQL");
    if (code != SQLITE_OK) return outcome::failure(error_of(code));
  }
  statement.in_use = true;
  const auto changes_before = sqlite3_total_changes64(handle_.get());
  std::uint64_t rows = 0;
  int code = sqlite3_step(handle);
  for (; code == SQLITE_ROW; code = sqlite3_step(handle)) {
    ++rows;
    if (row) row(SqliteRow{handle});
  }
  // The error is read before the reset, which clears it.
  Result<std::uint64_t> result{rows};
  if (code != SQLITE_DONE) {
    result = outcome::failure(error_of(code));
  } else if (sqlite3_column_count(handle) == 0) {
    // A statement that changes no rows by its nature leaves the count of the one before.
    const bool changed = sqlite3_total_changes64(handle_.get()) != changes_before;
    result = changed ? static_cast<std::uint64_t>(sqlite3_changes64(handle_.get())) : 0;
  }
  sqlite3_reset(handle);
  statement.in_use = false;
  return result;
}

// Privacy: SQLite's messages name tables, columns and words of our own statements; values are parameters.
Error SqliteConnection::error_of(int code) {
  failure_ = code;
  const char* const message = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  const auto error = [&](Errc as) { return Error{.code = as, .detail = std::string{"SQLite: "} + message}; };
  if (code == SQLITE_READONLY_DBMOVED) return error(Errc::io);
  switch (code & 0xff) {
    case SQLITE_FULL: return {.code = Errc::unavailable, .detail = "SQLite: the disk is full"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {.code = Errc::unavailable, .detail = "SQLite: a lock did not come free in time"};
    case SQLITE_INTERRUPT: return {.code = Errc::unavailable, .detail = "SQLite: a statement ran into its deadline"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return error(Errc::corrupt);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS: return error(Errc::io);
    default: return error(Errc::database);
  }
}

int SqliteConnection::on_busy(void* self, int count) {
  const auto* connection = static_cast<const SqliteConnection*>(self);
  if (std::chrono::steady_clock::now() >= connection->deadline_) return 0;
  std::this_thread::sleep_for(std::min(first_wait * (1 << std::min(count, 8)), longest_wait));
  return 1;
}

int SqliteConnection::on_progress(void* self) {
  const auto* connection = static_cast<const SqliteConnection*>(self);
  return std::chrono::steady_clock::now() >= connection->deadline_ ? 1 : 0;
}

}  // namespace lindung::store
