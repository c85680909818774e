// The rules of the schema that keep distributed engines open (docs/architecture.md), read from the catalogue of the
// migrated database and not from the text of the migrations.
#include "store/schema.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

constexpr std::string_view distribution_key = "citizen_ref";

// Tables that lead from something else to a citizen. They are distributed by what they are asked for, hold nothing
// beside, and can be rebuilt: so citizen_ref is a value in them, not the key. An account, a recovery code and an
// invitation's are asked for before anybody knows whose they are; what an account says of the citizen is sealed under
// the citizen's key.
const std::set<std::string> ways_to_citizens{
    "account",         "certificate_name", "certificate_of_key", "citizen_index",
    "delegation_code", "incident_person",  "recovery",           "token"};

struct Column {
  std::string table;
  std::string name;
  std::string type;  // INT, BYTES, TEXT; anything else as the engine calls it
  bool required{};
  int key_place{};  // from 1; 0 outside of the primary key
  friend auto operator<=>(const Column&, const Column&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Column& column) {
    return out << column.table << "." << column.name << " " << column.type << " required " << column.required << " key "
               << column.key_place;
  }
};

constexpr Sql columns_sqlite{
    "SELECT t.name, c.name, CASE c.type WHEN 'INTEGER' THEN 'INT' WHEN 'BLOB' THEN 'BYTES' ELSE c.type END, "
    "c.\"notnull\" <> 0 OR c.pk > 0, c.pk "
    "FROM pragma_table_list AS t, pragma_table_info(t.name) AS c "
    "WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"};
constexpr Sql columns_postgres{
    "SELECT c.relname, a.attname, CASE format_type(a.atttypid, a.atttypmod) WHEN 'bigint' THEN 'INT' "
    "WHEN 'bytea' THEN 'BYTES' WHEN 'text' THEN CASE l.collname WHEN 'C' THEN 'TEXT' ELSE 'TEXT of another order' END "
    "ELSE format_type(a.atttypid, a.atttypmod) END, a.attnotnull, "
    "coalesce(array_position(i.indkey::int[], a.attnum::int) + 1, 0) "
    "FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_collation AS l ON l.oid = a.attcollation "
    "LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"};

// What must not be there, by name.
constexpr Sql strangers_sqlite{
    "SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'view') OR name = 'sqlite_sequence' "
    "UNION ALL SELECT 'table that is not STRICT ' || name FROM pragma_table_list "
    "WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' "
    "UNION ALL SELECT 'virtual table ' || name FROM pragma_table_list WHERE type = 'virtual'"};
constexpr Sql strangers_postgres{
    "SELECT 'sequence ' || relname FROM pg_class "
    "WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace "
    "UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
    "WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace "
    "UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
    "UNION ALL SELECT 'deferrable constraint ' || conname FROM pg_constraint "
    "WHERE condeferrable AND connamespace = current_schema()::regnamespace "
    "UNION ALL SELECT 'exclusion constraint ' || conname FROM pg_constraint "
    "WHERE contype = 'x' AND connamespace = current_schema()::regnamespace"};

// Table, index, column of each unique index that is not the primary key.
constexpr Sql unique_sqlite{
    "SELECT t.name, i.name, c.name FROM pragma_table_list AS t, pragma_index_list(t.name) AS i, "
    "pragma_index_info(i.name) AS c WHERE t.schema = 'main' AND t.type = 'table' AND i.\"unique\" = 1 AND i.origin <> "
    "'pk'"};
constexpr Sql unique_postgres{
    "SELECT c.relname, n.relname, a.attname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid "
    "JOIN pg_class AS n ON n.oid = i.indexrelid JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = "
    "ANY(i.indkey) "
    "WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = current_schema()::regnamespace"};

// Table, name, table referred to, own column.
constexpr Sql references_sqlite{
    "SELECT t.name, CAST(f.id AS TEXT), f.\"table\", f.\"from\" FROM pragma_table_list AS t, "
    "pragma_foreign_key_list(t.name) AS f WHERE t.schema = 'main'"};
constexpr Sql references_postgres{
    "SELECT c.relname, k.conname, r.relname, a.attname FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = "
    "k.conrelid "
    "JOIN pg_class AS r ON r.oid = k.confrelid JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = "
    "ANY(k.conkey) "
    "WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace"};

class SchemaRules : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    place_ = std::make_unique<testing::Place>(GetParam());
    auto opened = place_->open(migrations());
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    database_ = std::move(opened).value();
    const auto migrated = database_->migrate();
    ASSERT_FALSE(migrated.has_error()) << migrated.error().text();
  }

  [[nodiscard]] Sql pick(Sql sqlite, Sql postgres) const { return GetParam() == Engine::sqlite ? sqlite : postgres; }

  template <std::size_t Columns>
  [[nodiscard]] std::vector<std::array<std::string, Columns>> texts(Sql sql) const {
    std::vector<std::array<std::string, Columns>> rows;
    const auto result = database_->read([&](Transaction& t) -> Result<void> {
      TRYV(t.run(sql, {}, [&](const Row& row) {
        auto& texts = rows.emplace_back();
        for (std::size_t i = 0; i < Columns; ++i) texts[i] = row.text(static_cast<int>(i));
      }));
      return ok();
    });
    EXPECT_FALSE(result.has_error()) << result.error().text();
    return rows;
  }

  [[nodiscard]] static std::set<Column> columns(Database& database) {
    std::set<Column> found;
    const auto sql = database.engine() == Engine::sqlite ? columns_sqlite : columns_postgres;
    const auto result = database.read([&](Transaction& t) -> Result<void> {
      TRYV(t.run(sql, {}, [&](const Row& row) {
        found.insert({.table = std::string{row.text(0)},
                      .name = std::string{row.text(1)},
                      .type = std::string{row.text(2)},
                      .required = row.integer(3) != 0,
                      .key_place = static_cast<int>(row.integer(4))});
      }));
      return ok();
    });
    EXPECT_FALSE(result.has_error()) << result.error().text();
    return found;
  }

  [[nodiscard]] std::set<std::string> tables_of_citizens() const {
    std::set<std::string> tables;
    for (const auto& column : columns(*database_)) {
      if (column.name == distribution_key && !ways_to_citizens.contains(column.table)) tables.insert(column.table);
    }
    return tables;
  }

  std::unique_ptr<testing::Place> place_;
  std::unique_ptr<Database> database_;
};

TEST_P(SchemaRules, TheDistributionKeyIsFirstInThePrimaryKeyOfEachTableThatHasIt) {
  int seen = 0;
  for (const auto& column : columns(*database_)) {
    if (column.name != distribution_key || ways_to_citizens.contains(column.table)) continue;
    EXPECT_EQ(column.key_place, 1) << column;
    EXPECT_EQ(column.type, "BYTES") << column;
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

TEST_P(SchemaRules, AWayToCitizensIsATableThatIsThere) {
  std::set<std::string> tables;
  for (const auto& column : columns(*database_)) tables.insert(column.table);
  for (const auto& table : ways_to_citizens) EXPECT_TRUE(tables.contains(table)) << table;
}

TEST_P(SchemaRules, EachTableHasAPrimaryKey) {
  std::map<std::string, bool> keyed;
  for (const auto& column : columns(*database_)) keyed[column.table] = keyed[column.table] || column.key_place > 0;
  for (const auto& [table, has_key] : keyed) EXPECT_TRUE(has_key) << table;
  EXPECT_GT(keyed.size(), 2U);
}

TEST_P(SchemaRules, AColumnIsAnIntegerBytesOrTextInTheOrderOfItsBytes) {
  int seen = 0;
  for (const auto& column : columns(*database_)) {
    EXPECT_TRUE(column.type == "INT" || column.type == "BYTES" || column.type == "TEXT") << column;
    ++seen;
  }
  EXPECT_GT(seen, 5);
}

TEST_P(SchemaRules, ThereAreNoSequencesTriggersFunctionsOrDeferredConstraints) {
  for (const auto& [stranger] : texts<1>(pick(strangers_sqlite, strangers_postgres))) ADD_FAILURE() << stranger;
}

TEST_P(SchemaRules, AUniqueIndexOnACitizensRowsHasTheDistributionKey) {
  const auto of_citizens = tables_of_citizens();
  std::map<std::pair<std::string, std::string>, bool> indices;
  for (const auto& [table, index, column] : texts<3>(pick(unique_sqlite, unique_postgres))) {
    auto& has_key = indices[{table, index}];
    has_key = has_key || column == distribution_key;
  }
  for (const auto& [name, has_key] : indices) {
    EXPECT_TRUE(has_key || !of_citizens.contains(name.first)) << name.first << "." << name.second;
  }
}

TEST_P(SchemaRules, AForeignKeyStaysWithinACitizenOrPointsToAReferenceTable) {
  const auto of_citizens = tables_of_citizens();
  std::map<std::array<std::string, 3>, bool> references;
  for (const auto& [table, name, target, column] : texts<4>(pick(references_sqlite, references_postgres))) {
    auto& has_key = references[{table, name, target}];
    has_key = has_key || column == distribution_key;
  }
  for (const auto& [reference, has_key] : references) {
    EXPECT_TRUE(has_key || !of_citizens.contains(reference[2])) << reference[0] << " to " << reference[2];
  }
}

TEST_P(SchemaRules, BothEnginesHaveTheSameTables) {
  const testing::Place place{Engine::sqlite};
  auto opened = place.open(migrations());
  ASSERT_FALSE(opened.has_error()) << opened.error().text();
  ASSERT_FALSE(opened.value()->migrate().has_error());
  const auto expected = columns(*opened.value());
  const auto found = columns(*database_);
  for (const auto& column : expected) EXPECT_TRUE(found.contains(column)) << "not there: " << column;
  for (const auto& column : found) EXPECT_TRUE(expected.contains(column)) << "only there: " << column;
}

INSTANTIATE_TEST_SUITE_P(Engines, SchemaRules, ::testing::Values(Engine::sqlite, Engine::postgresql),
                         [](const auto& engine) { return engine.param == Engine::sqlite ? "SQLite" : "PostgreSQL"; });

}  // namespace
}  // namespace lindung::store
