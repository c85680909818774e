// SQLite with a full disk, a damaged file, a second server, a lock that somebody else holds; and its own duties: files
// that nobody else reads, a write-ahead log that does not grow, a backup while it serves.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <ios>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/sqlite_database.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

using namespace std::chrono_literals;
using testing::item_ids;
using testing::put;

constexpr Sql list_items{"SELECT id FROM item ORDER BY id"};

class SqliteFaults : public ::testing::Test {
 protected:
  void open(testing::Limits limits = {}) {
    database_.reset();
    auto opened = place_.open(testing::item_migrations(), limits);
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    database_ = std::move(opened).value();
    const auto migrated = database_->migrate();
    ASSERT_FALSE(migrated.has_error()) << migrated.error().text();
  }
  [[nodiscard]] Database& db() const { return *database_; }

  testing::Place place_{Engine::sqlite};
  std::unique_ptr<Database> database_;
};

Errc code_of(const Result<void>& result) { return result.has_error() ? result.error().code : Errc{255}; }

Result<void> read_all(Database& database) {
  return database.read([](Transaction& t) -> Result<void> {
    TRYV(t.run(list_items, {}));
    return ok();
  });
}

// SQLite's own opinion of a file that nobody has open.
std::string integrity_of(const std::string& path) {
  sqlite3* handle = nullptr;
  sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  std::string answer;
  const auto keep = [](void* to, int, char** values, char**) {
    *static_cast<std::string*>(to) += values[0];
    return 0;
  };
  sqlite3_exec(handle, "PRAGMA integrity_check", keep, &answer, nullptr);
  sqlite3_close(handle);
  return answer;
}

TEST_F(SqliteFaults, AFullDiskIsUnavailableAndRecordsNothing) {
  open({.max_pages = 40});
  const Bytes large(20'000, 1);
  std::int64_t id = 0;
  Result<void> outcome{ok()};
  std::vector<std::int64_t> written;
  for (; id < 100 && !outcome.has_error(); ++id) {
    outcome = db().write([&](Transaction& t) { return put(t, id, large); });
    if (outcome.has_value()) written.push_back(id);
  }
  EXPECT_EQ(code_of(outcome), Errc::unavailable);
  EXPECT_GE(written.size(), 2U);
  EXPECT_EQ(item_ids(db()), written);
  open();
  EXPECT_FALSE(db().write([&](Transaction& t) { return put(t, 1000, large); }).has_error());
}

TEST_F(SqliteFaults, AUnitThatFillsTheDiskDisturbsNoUnitCommittedWithIt) {
  open({.max_pages = 60});
  std::promise<void> entered;
  std::promise<void> let_go;
  db().submit(
      [&](Transaction&) -> Result<void> {
        entered.set_value();
        let_go.get_future().wait();
        return ok();
      },
      [](const Result<void>&) {});
  entered.get_future().wait();
  const Bytes small(100, 1);
  const Bytes huge(1'000'000, 2);
  std::vector<std::future<Errc>> outcomes;
  for (std::int64_t id = 0; id < 5; ++id) {
    auto told = std::make_shared<std::promise<Errc>>();
    outcomes.push_back(told->get_future());
    db().submit([&, id](Transaction& t) { return put(t, id, id == 2 ? huge : small); },
                [told](const Result<void>& outcome) { told->set_value(code_of(outcome)); });
  }
  let_go.set_value();
  for (std::size_t id = 0; id < 5; ++id) EXPECT_EQ(outcomes[id].get(), id == 2 ? Errc::unavailable : Errc{255}) << id;
  EXPECT_EQ(item_ids(db()), (std::vector<std::int64_t>{0, 1, 3, 4}));
}

TEST_F(SqliteFaults, ACommitThatCannotBeWrittenIsOfUnknownOutcomeAndLeavesASoundFile) {
  open();
  ASSERT_FALSE(db().write([](Transaction& t) { return put(t, 1); }).has_error());
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = std::filesystem::file_size(place_.sqlite_path() + "-wal"), .rlim_max = RLIM_INFINITY};
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto outcome = db().write([](Transaction& t) { return put(t, 2, Bytes(50'000, 7)); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(code_of(outcome), Errc::outcome_unknown);
  EXPECT_FALSE(db().write([](Transaction& t) { return put(t, 3); }).has_error());
  EXPECT_TRUE(db().is_ready());
  EXPECT_EQ(item_ids(db()), (std::vector<std::int64_t>{1, 3}));
  database_.reset();
  EXPECT_EQ(integrity_of(place_.sqlite_path()), "ok");
}

TEST_F(SqliteFaults, AFileThatIsNoDatabaseIsCorrupt) {
  std::ofstream{place_.sqlite_path()} << std::string(8192, 'x');
  const auto opened = place_.open();
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::corrupt);
}

TEST_F(SqliteFaults, ADamagedPageIsCorruptAndNotAnAnswer) {
  open();
  for (std::int64_t id = 0; id < 50; ++id) {
    ASSERT_FALSE(db().write([&](Transaction& t) { return put(t, id, Bytes(1000, 3)); }).has_error());
  }
  database_.reset();
  const auto size = std::filesystem::file_size(place_.sqlite_path());
  {
    std::fstream file{place_.sqlite_path(), std::ios::in | std::ios::out | std::ios::binary};
    for (std::uint64_t page = 5 * 4096; page + 4096 <= size; page += 4096) {
      file.seekp(static_cast<std::streamoff>(page));
      file << std::string(200, '\xff');
    }
  }
  auto opened = place_.open();
  ASSERT_FALSE(opened.has_error()) << opened.error().text();
  EXPECT_EQ(code_of(read_all(*opened.value())), Errc::corrupt);
}

TEST_F(SqliteFaults, AFolderThatIsNotThereIsAnErrorOfTheSystem) {
  const auto opened = open_sqlite({.path = place_.sqlite_path() + "/nowhere/lindung.db"});
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::io);
}

TEST_F(SqliteFaults, ASecondServerIsRefusedAndTheFirstGoesOn) {
  open();
  const auto second = place_.open();
  ASSERT_TRUE(second.has_error());
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_FALSE(db().write([](Transaction& t) { return put(t, 1); }).has_error());
  open();
  EXPECT_EQ(item_ids(db()).size(), 1U);
}

TEST_F(SqliteFaults, ALockThatIsHeldTooLongIsUnavailable) {
  open({.deadline = 100ms});
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(place_.sqlite_path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(db().write([](Transaction& t) { return put(t, 1); })), Errc::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  EXPECT_FALSE(db().is_ready()) << "a write cannot be made";
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_FALSE(db().write([](Transaction& t) { return put(t, 2); }).has_error());
  EXPECT_EQ(item_ids(db()), std::vector<std::int64_t>{2});
}

TEST_F(SqliteFaults, AStatementWithoutEndRunsIntoItsDeadline) {
  open({.deadline = 100ms});
  constexpr Sql endless{"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"};
  const Unit run = [&](Transaction& t) -> Result<void> {
    TRYV(t.run(endless, {}));
    return ok();
  };
  EXPECT_EQ(code_of(db().read(run)), Errc::unavailable);
  EXPECT_EQ(code_of(db().write(run)), Errc::unavailable);
  EXPECT_FALSE(db().write([](Transaction& t) { return put(t, 1); }).has_error());
}

TEST_F(SqliteFaults, ArraysAreRefused) {
  open();
  constexpr Sql insert{"INSERT INTO item (id) VALUES ($1)"};
  const std::vector<std::int64_t> many{1, 2};
  EXPECT_EQ(code_of(db().write([&](Transaction& t) -> Result<void> {
              TRYV(t.run(insert, {std::span<const std::int64_t>{many}}));
              return ok();
            })),
            Errc::invalid_argument);
}

TEST_F(SqliteFaults, AStatementInsideItsOwnRowsIsRefused) {
  open();
  EXPECT_EQ(code_of(db().write([](Transaction& t) -> Result<void> {
              TRYV(put(t, 1));
              Result<std::uint64_t> inner{std::uint64_t{0}};
              TRYV(t.run(list_items, {}, [&](const Row&) { inner = t.run(list_items, {}); }));
              TRYV(inner);
              return ok();
            })),
            Errc::invalid_argument);
}

TEST_F(SqliteFaults, NobodyElseMayReadTheFiles) {
  open();
  ASSERT_FALSE(db().write([](Transaction& t) { return put(t, 1); }).has_error());
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator{std::filesystem::path{place_.sqlite_path()}.parent_path()}) {
    struct stat about{};
    ASSERT_EQ(::stat(entry.path().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0077U, 0U) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3);
}

TEST_F(SqliteFaults, TheWriteAheadLogIsMovedAndBeginsAgain) {
  open();
  const Bytes large(200'000, 5);
  const auto wal = place_.sqlite_path() + "-wal";
  std::uintmax_t largest = 0;
  constexpr std::int64_t count = 1500;  // 300 MB
  for (std::int64_t id = 0; id < count; ++id) {
    ASSERT_FALSE(db().write([&](Transaction& t) { return put(t, id, large); }).has_error());
    largest = std::max(largest, std::filesystem::file_size(wal));
  }
  EXPECT_LT(largest, 250'000'000U);
  EXPECT_EQ(item_ids(db()).size(), static_cast<std::size_t>(count));
}

TEST_F(SqliteFaults, ABackupIsOneMomentOfADatabaseThatGoesOn) {
  open();
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> count{0};
  std::jthread writer{[&] {
    while (!stop) {
      const auto id = count.load();
      // Two rows a unit: a copy that holds one of them is not of one moment.
      if (db().write([&](Transaction& t) -> Result<void> {
                TRYV(put(t, 2 * id, Bytes(3000, 1)));
                return put(t, 2 * id + 1, Bytes(3000, 2));
              })
              .has_error()) {
        continue;
      }
      ++count;
    }
  }};
  while (count < 50) std::this_thread::yield();
  const testing::TempFolder folder;
  const auto before = count.load();
  const auto saved = db().backup(folder.path());
  const auto after = count.load();
  stop = true;
  writer.join();
  ASSERT_FALSE(saved.has_error()) << saved.error().text();

  const auto again = db().backup(folder.path());
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::conflict);

  EXPECT_EQ(integrity_of(folder.file("lindung.db")), "ok");
  auto opened = open_sqlite({.path = folder.file("lindung.db")}, testing::item_migrations());
  ASSERT_FALSE(opened.has_error()) << opened.error().text();
  ASSERT_FALSE(opened.value()->migrate().has_error());
  const auto ids = item_ids(*opened.value());
  EXPECT_EQ(ids.size() % 2, 0U);
  EXPECT_GE(ids.size(), static_cast<std::size_t>(2 * before));
  EXPECT_LE(ids.size(), static_cast<std::size_t>(2 * (after + 1)));
}

}  // namespace
}  // namespace lindung::store
