// The file system that gathers the frames of a commit: what it holds back is seen by whoever may see it, and by nobody
// before it is durable.
#include "store/sqlite_wal_buffer.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "support/test_store.h"

namespace lindung::store {
namespace {

struct Close {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

class SqliteWalBuffer : public ::testing::Test {
 protected:
  Handle open(const char* vfs) {
    sqlite3* handle = nullptr;
    const auto path = (folder_.path() / "db").string();
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs), SQLITE_OK);
    return Handle{handle};
  }
  // With frames much larger than the page cache, so that pages leave and come back within one transaction.
  Handle open_writer() {
    auto writer = open(wal_buffer_vfs());
    EXPECT_EQ(run(writer,
                  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; "
                  "PRAGMA cache_size=10; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v BLOB)"),
              SQLITE_OK);
    return writer;
  }
  static int run(const Handle& handle, const std::string& sql) {
    return sqlite3_exec(handle.get(), sql.c_str(), nullptr, nullptr, nullptr);
  }
  static std::int64_t number(const Handle& handle, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(handle.get(), sql, -1, &statement, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const auto out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return out;
  }
  [[nodiscard]] std::uintmax_t wal_size() const { return std::filesystem::file_size(folder_.path() / "db-wal"); }

  testing::TempFolder folder_;
  static constexpr const char* insert_2000 =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
      "INSERT INTO t SELECT i, randomblob(300) FROM n";
  static constexpr const char* count = "SELECT COUNT(*) FROM t";
};

TEST_F(SqliteWalBuffer, IsRegistered) { EXPECT_NE(wal_buffer_vfs(), nullptr); }

TEST_F(SqliteWalBuffer, PagesThatLeftTheCacheAreReadBackInTheirTransaction) {
  const auto writer = open_writer();
  ASSERT_EQ(run(writer, "BEGIN"), SQLITE_OK);
  ASSERT_EQ(run(writer, insert_2000), SQLITE_OK);
  EXPECT_EQ(number(writer, "SELECT COUNT(*) FROM t WHERE length(v) = 300"), 2000);
  ASSERT_EQ(run(writer, "COMMIT"), SQLITE_OK);
}

TEST_F(SqliteWalBuffer, ACommitIsSeenByAnotherConnectionAndTheRestIsNot) {
  const auto writer = open_writer();
  const auto reader = open(nullptr);
  ASSERT_EQ(run(writer, "BEGIN"), SQLITE_OK);
  ASSERT_EQ(run(writer, insert_2000), SQLITE_OK);
  EXPECT_EQ(number(reader, count), 0);
  ASSERT_EQ(run(writer, "COMMIT"), SQLITE_OK);
  EXPECT_EQ(number(reader, count), 2000);
  EXPECT_EQ(number(reader, "SELECT (SELECT integrity_check FROM pragma_integrity_check) = 'ok'"), 1);
}

TEST_F(SqliteWalBuffer, WhatWasCommittedIsInTheFilesWhenTheConnectionIsNeverClosed) {
  const auto writer = open_writer();
  ASSERT_EQ(run(writer, insert_2000), SQLITE_OK);
  // As after a kill: only what the operating system has.
  const auto copy = folder_.path() / "copy";
  std::filesystem::copy_file(folder_.path() / "db", copy);
  std::filesystem::copy_file(folder_.path() / "db-wal", folder_.path() / "copy-wal");
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open_v2(copy.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  const Handle after{handle};
  EXPECT_EQ(number(after, count), 2000);
}

TEST_F(SqliteWalBuffer, AFileThatCannotGrowFailsTheCommitAndTheNextOneHolds) {
  const auto writer = open_writer();
  ASSERT_EQ(run(writer, "INSERT INTO t VALUES (1, 'before')"), SQLITE_OK);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = wal_size() + 20'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const int refused = run(writer, "INSERT INTO t VALUES (2, randomblob(60000))");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  static_cast<void>(std::signal(SIGXFSZ, ignored));
  EXPECT_NE(refused, SQLITE_OK);
  static_cast<void>(run(writer, "ROLLBACK"));
  ASSERT_EQ(run(writer, "INSERT INTO t VALUES (3, randomblob(60000))"), SQLITE_OK);
  const auto reader = open(nullptr);
  EXPECT_EQ(number(reader, "SELECT SUM(id) FROM t"), 4);
  EXPECT_EQ(number(reader, "SELECT (SELECT integrity_check FROM pragma_integrity_check) = 'ok'"), 1);
}

}  // namespace
}  // namespace lindung::store
