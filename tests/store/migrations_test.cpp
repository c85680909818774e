#include "store/migrations.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>

#include "store/database.h"
#include "store/schema.h"

namespace lindung::store {
namespace {

TEST(Migrations, WritesATableInTheWordsOfEachEngine) {
  const auto* const text =
      "CREATE TABLE visit (citizen_ref BYTES, INT_like INT, name TEXT DEFAULT 'INT', PRIMARY KEY (name))";
  EXPECT_EQ(
      statement_for(Engine::sqlite, text),
      "CREATE TABLE visit (citizen_ref BLOB, INT_like INTEGER, name TEXT DEFAULT 'INT', PRIMARY KEY (name)) STRICT");
  EXPECT_EQ(statement_for(Engine::postgresql, text),
            "CREATE TABLE visit (citizen_ref BYTEA, INT_like BIGINT, name TEXT COLLATE \"C\" DEFAULT 'INT', "
            "PRIMARY KEY (name))");
}

TEST(Migrations, AClusteredTableLivesInItsKeyOnSqlite) {
  const auto* const text = "CREATE TABLE t (a INT, b BYTES, PRIMARY KEY (a, b)) CLUSTERED";
  EXPECT_EQ(statement_for(Engine::sqlite, text),
            "CREATE TABLE t (a INTEGER, b BLOB, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID");
  EXPECT_EQ(statement_for(Engine::postgresql, text), "CREATE TABLE t (a BIGINT, b BYTEA, PRIMARY KEY (a, b))");
}

TEST(Migrations, OtherStatementsStayAsTheyAre) {
  const auto* const text = "INSERT INTO log_head (id, note) VALUES (0, 'INT')";
  EXPECT_EQ(statement_for(Engine::sqlite, text), text);
  EXPECT_EQ(statement_for(Engine::postgresql, text), text);
}

TEST(Migrations, AddsAColumnInTheWordsOfEachEngine) {
  const auto* const text = "ALTER TABLE t ADD COLUMN c INT";
  EXPECT_EQ(statement_for(Engine::sqlite, text), "ALTER TABLE t ADD COLUMN c INTEGER");
  EXPECT_EQ(statement_for(Engine::postgresql, text), "ALTER TABLE t ADD COLUMN c BIGINT");
}

TEST(Migrations, OfTheProgramAreNumberedWithoutGapsAndNamedOnce) {
  std::set<std::string> names;
  int expected = 1;
  for (const auto& migration : migrations()) {
    EXPECT_EQ(migration.version, expected++);
    EXPECT_TRUE(names.emplace(migration.name).second) << migration.name;
    EXPECT_FALSE(migration.statements.empty()) << migration.name;
  }
  EXPECT_GT(expected, 1);
}

}  // namespace
}  // namespace lindung::store
