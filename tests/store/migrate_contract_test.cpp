// Migrations, and what the published log asks of the database, on both engines.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"
#include "store/log_head.h"
#include "store/schema.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

class MigrateContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    place_ = std::make_unique<testing::Place>(GetParam());
  }

  [[nodiscard]] std::unique_ptr<Database> open(std::span<const Migration> known) const {
    auto opened = place_->open(known);
    EXPECT_FALSE(opened.has_error()) << opened.error().text();
    return opened.has_value() ? std::move(opened).value() : nullptr;
  }

  std::unique_ptr<testing::Place> place_;
};

Result<void> append(Database& database, std::string_view leaf) {
  return database.write([leaf](Transaction& transaction) -> Result<void> {
    TRY(head, LogHead::lock(transaction));
    TRYV(head.append(as_bytes(leaf)));
    return head.finish(moment_of(1'000));
  });
}

TEST_P(MigrateContract, SaysWhichVersionItFoundAndWhatItRan) {
  const auto database = open(testing::item_migrations());
  ASSERT_NE(database, nullptr);
  const auto migrated = database->migrate();
  ASSERT_TRUE(migrated.has_value()) << migrated.error().text();
  EXPECT_EQ(migrated.value().before, 0);
  EXPECT_EQ(migrated.value().after, 2);
  EXPECT_EQ(migrated.value().ran, (std::vector<std::string>{"log", "item"}));
}

TEST_P(MigrateContract, RunsOnlyWhatIsNew) {
  {
    const auto first = open(testing::item_migrations().first(1));
    ASSERT_NE(first, nullptr);
    ASSERT_TRUE(first->migrate().has_value());
  }
  const auto database = open(testing::item_migrations());
  ASSERT_NE(database, nullptr);
  const auto migrated = database->migrate();
  ASSERT_TRUE(migrated.has_value()) << migrated.error().text();
  EXPECT_EQ(migrated.value().before, 1);
  EXPECT_EQ(migrated.value().after, 2);
  EXPECT_EQ(migrated.value().ran, std::vector<std::string>{"item"});
}

TEST_P(MigrateContract, HasNothingToDoTheSecondTime) {
  const auto database = open(testing::item_migrations());
  ASSERT_NE(database, nullptr);
  ASSERT_TRUE(database->migrate().has_value());
  const auto again = database->migrate();
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_EQ(again.value().before, 2);
  EXPECT_EQ(again.value().after, 2);
  EXPECT_TRUE(again.value().ran.empty());
}

TEST_P(MigrateContract, ANewerDatabaseIsRefusedWithBothVersions) {
  {
    const auto newer = open(testing::item_migrations());
    ASSERT_NE(newer, nullptr);
    ASSERT_TRUE(newer->migrate().has_value());
  }
  const auto database = open(testing::item_migrations().first(1));
  ASSERT_NE(database, nullptr);
  const auto migrated = database->migrate();
  ASSERT_TRUE(migrated.has_error());
  EXPECT_EQ(migrated.error().code, Errc::conflict);
  EXPECT_EQ(migrated.error().detail,
            "the database has schema version 2, this program knows versions up to 1: a newer program is needed");
}

TEST_P(MigrateContract, ALogShorterThanItsPublishedPartTakesNoEntry) {
  const auto database = open(testing::item_migrations());
  ASSERT_NE(database, nullptr);
  ASSERT_TRUE(database->migrate().has_value());
  ASSERT_TRUE(append(*database, "one").has_value());
  database->require_log(1);
  ASSERT_TRUE(append(*database, "two").has_value());
  database->require_log(5);
  database->require_log(2);  // never taken back
  const auto refused = append(*database, "three");
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(refused.error().detail,
            "the database's log ends at 2, but 5 entries were published: it is older than its log");
}

INSTANTIATE_TEST_SUITE_P(Engines, MigrateContract, ::testing::Values(Engine::sqlite, Engine::postgresql),
                         [](const auto& each) { return each.param == Engine::sqlite ? "SQLite" : "PostgreSQL"; });

}  // namespace
}  // namespace lindung::store
