#include "support/test_store.h"

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/database.h"
#include "store/postgres_database.h"
#include "store/schema.h"
#include "store/sqlite_database.h"

namespace lindung::store::testing {

namespace {

constexpr Sql insert_item{"INSERT INTO item (id, data, name) VALUES ($1, $2, $3)"};
constexpr Sql list_items{"SELECT id FROM item ORDER BY id"};

constexpr std::array item_table{
    std::string_view{"ALTER TABLE log_head ADD COLUMN generation INT NOT NULL DEFAULT 1"},  // as migration 3 does
    std::string_view{"CREATE TABLE item (id INT PRIMARY KEY, data BYTES, name TEXT)"},
};

// Straight through libpq: what prepares the ground must not be what is tested.
void command(const std::string& conninfo, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{
      PQconnectdb((conninfo + " options='-c client_min_messages=warning'").c_str()), &PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection.get(), sql.c_str()), &PQclear};
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) throw std::runtime_error{PQerrorMessage(connection.get())};
}

}  // namespace

TempFolder::TempFolder() {
  std::string name = std::filesystem::temp_directory_path() / "lindung-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::span<const Migration> item_migrations() {
  static const std::array list{migrations()[0], Migration{.version = 2, .name = "item", .statements = item_table}};
  return list;
}

std::string postgres_address() {
  const char* const address = std::getenv("LINDUNG_TEST_POSTGRES");
  return address == nullptr ? std::string{} : std::string{address};
}

Place::Place(Engine engine) : engine_{engine} {
  if (engine_ != Engine::postgresql) return;
  static std::atomic<int> count{0};
  schema_ = "store_test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
  command(postgres_address(), "CREATE SCHEMA " + schema_);
}

Place::~Place() {
  if (engine_ == Engine::postgresql) command(postgres_address(), "DROP SCHEMA " + schema_ + " CASCADE");
}

std::string Place::conninfo() const { return postgres_address() + " options='-c search_path=" + schema_ + "'"; }

Result<std::unique_ptr<Database>> Place::open(std::span<const Migration> migrations, Limits limits) const {
  if (engine_ == Engine::sqlite) {
    return open_sqlite({.path = sqlite_path(),
                        .max_queue = limits.max_queue,
                        .max_group = limits.max_group,
                        .deadline = limits.deadline,
                        .max_pages = limits.max_pages},
                       migrations);
  }
  return open_postgres({.conninfo = conninfo(),
                        .max_queue = limits.max_queue,
                        .max_group = limits.max_group,
                        .deadline = limits.deadline},
                       migrations);
}

Result<void> put(Transaction& transaction, std::int64_t id, BytesView data, std::string_view name) {
  TRYV(transaction.run(insert_item, {id, data, name}));
  return ok();
}

std::vector<std::int64_t> item_ids(Database& database) {
  std::vector<std::int64_t> ids;
  const auto result = database.read([&](Transaction& transaction) -> Result<void> {
    ids.clear();
    TRYV(transaction.run(list_items, {}, [&](const Row& row) { ids.push_back(row.integer(0)); }));
    return ok();
  });
  EXPECT_FALSE(result.has_error()) << result.error().text();
  return ids;
}

}  // namespace lindung::store::testing
