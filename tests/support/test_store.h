// Databases for tests, each in a folder or a schema of its own that goes with the test, and a small schema to play
// with.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/database.h"
#include "store/schema.h"

namespace lindung::store::testing {

// An empty folder that goes with everything in it.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The program's first migration (the log) and a table: item (id INT, data BYTES, name TEXT).
[[nodiscard]] std::span<const Migration> item_migrations();

struct Limits {
  std::size_t max_queue{4096};
  std::size_t max_group{512};
  std::chrono::milliseconds deadline{5'000};
  std::uint64_t max_pages{0};
};

// The conninfo of LINDUNG_TEST_POSTGRES; empty if it is not set.
[[nodiscard]] std::string postgres_address();

// A place for a database of one engine: a folder, or a schema in the PostgreSQL of LINDUNG_TEST_POSTGRES.
class Place {
 public:
  explicit Place(Engine engine);
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();

  [[nodiscard]] Result<std::unique_ptr<Database>> open(std::span<const Migration> migrations = item_migrations(),
                                                       Limits limits = {}) const;
  [[nodiscard]] std::string sqlite_path() const { return file("lindung.db"); }
  // In a folder that goes with the place.
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  // With the schema as search_path.
  [[nodiscard]] std::string conninfo() const;

 private:
  Engine engine_;
  TempFolder folder_;
  std::string schema_;
};

// PostgreSQL without LINDUNG_TEST_POSTGRES: skipped loudly at a desk, failed in CI.
#define LINDUNG_NEEDS_POSTGRES(wanted)                                                                \
  if ((wanted) && ::lindung::store::testing::postgres_address().empty()) {                            \
    if (std::getenv("CI") != nullptr) FAIL() << "LINDUNG_TEST_POSTGRES is not set, and this is CI";   \
    GTEST_SKIP() << "LINDUNG_TEST_POSTGRES is not set: the PostgreSQL half of this test DID NOT RUN"; \
  }                                                                                                   \
  static_assert(true)

[[nodiscard]] Result<void> put(Transaction& transaction, std::int64_t id, BytesView data = {},
                               std::string_view name = {});
[[nodiscard]] std::vector<std::int64_t> item_ids(Database& database);

}  // namespace lindung::store::testing
