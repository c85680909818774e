// One connection to the SQLite file: prepared statements, deadlines, and SQLite's result codes as errors of ours.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace lindung::store {

// A prepared statement and the number of the $ parameter behind each of SQLite's own indices.
struct SqliteStatement {
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle;
  std::vector<std::size_t> parameters;  // [index - 1] = number
  std::size_t highest{0};
  std::uint64_t last_use{0};
  bool in_use{false};
};

// Used by one thread at a time.
class SqliteConnection {
 public:
  enum class Role : std::uint8_t { writer, reader, checkpointer, target };  // target: of a backup

  // Errors: io, corrupt (not a database), database.
  [[nodiscard]] static Result<std::unique_ptr<SqliteConnection>> open(const SqliteOptions& options, Role role);
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() = default;

  // As Transaction::run.
  [[nodiscard]] Result<std::uint64_t> run(Sql sql, std::span<const Param> params,
                                          const std::function<void(const Row&)>& row);
  // Returns how many pages of the write-ahead log are in the database file now; 0 when it could not be done.
  [[nodiscard]] int checkpoint(int mode, std::chrono::milliseconds wait);
  [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
  // The extended result code of the statement that failed last.
  [[nodiscard]] int failure() const noexcept { return failure_; }
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  struct Key {
    const char* text;
    std::size_t size;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct HashKey {
    std::size_t operator()(const Key& key) const noexcept { return std::hash<const void*>{}(key.text) ^ key.size; }
  };

  explicit SqliteConnection(std::chrono::milliseconds deadline) : limit_{deadline} {}
  [[nodiscard]] Result<void> configure(const SqliteOptions& options, Role role);
  [[nodiscard]] Result<SqliteStatement> prepare(std::string_view text);
  [[nodiscard]] Result<SqliteStatement*> find(Sql sql);
  [[nodiscard]] Result<std::uint64_t> execute(SqliteStatement& statement, std::span<const Param> params,
                                              const std::function<void(const Row&)>& row);
  [[nodiscard]] Error error_of(int code);
  static int on_busy(void* self, int count);
  static int on_progress(void* self);

  std::unique_ptr<sqlite3, Close> handle_;
  std::chrono::milliseconds limit_;
  std::chrono::steady_clock::time_point deadline_;
  int failure_{SQLITE_OK};
  std::uint64_t uses_{0};
  std::unordered_map<Key, SqliteStatement, HashKey> statements_;  // declared last: they go before handle_
};

}  // namespace lindung::store
