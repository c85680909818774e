// Statements, parameters and columns: part of the promise of database.h, kept by both engines.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/database_contract.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

using testing::item_ids;
using testing::put;

constexpr Sql insert_item{"INSERT INTO item (id, data, name) VALUES ($1, $2, $3)"};
constexpr Sql read_item{"SELECT data, name FROM item WHERE id = $1"};
constexpr Sql list_items{"SELECT id FROM item ORDER BY id"};

class DatabaseValues : public testing::DatabaseContract {};

TEST_P(DatabaseValues, KeepsEveryKindOfValue) {
  struct Kept {
    std::int64_t id;
    std::optional<Bytes> data;
    std::optional<std::string> name;
  };
  const std::vector<Kept> rows{
      {std::numeric_limits<std::int64_t>::min(), std::nullopt, std::nullopt},
      {-1, Bytes{}, std::string{}},
      {0, Bytes{0}, "Sêrat 𝄞 ꦗꦮ 'quoted' \"twice\" \\ %"},
      {1, Bytes{0, 255, 92, 48, 39, 0}, std::string(1000, 'x')},
      {std::numeric_limits<std::int64_t>::max(), Bytes(1'000'000, 0xa5), "$1"},
  };
  for (const auto& row : rows) {
    const auto written = db().write([&](Transaction& t) -> Result<void> {
      TRYV(t.run(insert_item, {row.id, row.data ? Param{BytesView{*row.data}} : Param{std::monostate{}},
                               row.name ? Param{std::string_view{*row.name}} : Param{std::monostate{}}}));
      return ok();
    });
    ASSERT_FALSE(written.has_error()) << written.error().text();
  }
  for (const auto& row : rows) {
    bool found = false;
    const auto result = db().read([&](Transaction& t) -> Result<void> {
      TRYV(t.run(read_item, {row.id}, [&](const Row& read) {
        found = true;
        const auto data = read.is_null(0) ? std::nullopt : std::optional{to_bytes(read.bytes(0))};
        const auto name = read.is_null(1) ? std::nullopt : std::optional{std::string{read.text(1)}};
        EXPECT_EQ(data, row.data);
        EXPECT_EQ(name, row.name);
      }));
      return ok();
    });
    ASSERT_FALSE(result.has_error()) << result.error().text();
    EXPECT_TRUE(found) << row.id;
  }
  EXPECT_EQ(item_ids(db()).front(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(item_ids(db()).back(), std::numeric_limits<std::int64_t>::max());
}

TEST_P(DatabaseValues, OrdersTextByItsBytes) {
  constexpr Sql by_name{"SELECT name FROM item ORDER BY name"};
  std::vector<std::string> names;
  ASSERT_FALSE(db().write([](Transaction& t) -> Result<void> {
                     TRYV(put(t, 1, {}, "b"));
                     TRYV(put(t, 2, {}, "A"));
                     TRYV(put(t, 3, {}, "a-c"));
                     TRYV(put(t, 4, {}, "ab"));
                     TRYV(put(t, 5, {}, "B"));
                     return ok();
                   })
                   .has_error());
  ASSERT_FALSE(db().read([&](Transaction& t) -> Result<void> {
                     TRYV(t.run(by_name, {}, [&](const Row& row) { names.emplace_back(row.text(0)); }));
                     return ok();
                   })
                   .has_error());
  EXPECT_EQ(names, (std::vector<std::string>{"A", "B", "a-c", "ab", "b"}));
}

TEST_P(DatabaseValues, CountsRowsReturnedOrChanged) {
  constexpr Sql again{"INSERT INTO item (id) VALUES ($1) ON CONFLICT DO NOTHING"};
  constexpr Sql rename{"UPDATE item SET name = $1 WHERE id >= $2"};
  constexpr Sql remove{"DELETE FROM item WHERE id = $1 RETURNING name"};
  const auto result = db().write([&](Transaction& t) -> Result<void> {
    for (std::int64_t id = 0; id < 5; ++id) {
      TRYV(put(t, id));
    }
    TRY(added, t.run(again, {std::int64_t{5}}));
    EXPECT_EQ(added, 1U);
    TRY(ignored, t.run(again, {std::int64_t{5}}));
    EXPECT_EQ(ignored, 0U);
    TRY(renamed, t.run(rename, {std::string_view{"x"}, std::int64_t{2}}));
    EXPECT_EQ(renamed, 4U);
    std::string name;
    TRY(removed, t.run(remove, {std::int64_t{2}}, [&](const Row& row) { name = row.text(0); }));
    EXPECT_EQ(removed, 1U);
    EXPECT_EQ(name, "x");
    TRY(listed, t.run(list_items, {}));
    EXPECT_EQ(listed, 5U);
    TRY(none, t.run(remove, {std::int64_t{99}}));
    EXPECT_EQ(none, 0U);
    return ok();
  });
  EXPECT_FALSE(result.has_error()) << result.error().text();
}

TEST_P(DatabaseValues, RefusesWhatIsNotSqlAndGoesOn) {
  const auto run = [&](Sql sql, std::initializer_list<Param> params) {
    return db().write([&](Transaction& t) -> Result<void> {
      TRYV(t.run(sql, params));
      return ok();
    });
  };
  const auto is_refused = [](const Result<void>& result) {
    return result.has_error() && result.error().code == Errc::database;
  };
  EXPECT_TRUE(is_refused(run(Sql{"SELEC 1"}, {})));
  EXPECT_TRUE(is_refused(run(Sql{"SELECT nothing FROM nowhere"}, {})));
  EXPECT_TRUE(is_refused(run(insert_item, {std::int64_t{1}})));
  EXPECT_TRUE(is_refused(run(insert_item, {std::int64_t{1}, std::string_view{"text"}, std::string_view{}})));
  EXPECT_FALSE(db().write([](Transaction& t) { return put(t, 1); }).has_error());
}

TEST_P(DatabaseValues, AParameterMayStandTwiceAndInAnyOrder) {
  constexpr Sql twice{"INSERT INTO item (id, data, name) VALUES ($3, $2, $1), ($3 + 1, $2, $1)"};
  const auto written = db().write([&](Transaction& t) -> Result<void> {
    TRYV(t.run(twice, {std::string_view{"n"}, BytesView{}, std::int64_t{10}}));
    return ok();
  });
  ASSERT_FALSE(written.has_error()) << written.error().text();
  EXPECT_EQ(item_ids(db()), (std::vector<std::int64_t>{10, 11}));
}

TEST_P(DatabaseValues, ManyStatementsAreForgottenInTurn) {
  static std::vector<std::string> texts;
  texts.clear();
  for (int i = 0; i < 1500; ++i) texts.push_back("SELECT CAST($1 AS BIGINT) + " + std::to_string(i));
  const auto result = db().write([&](Transaction& t) -> Result<void> {
    for (int round = 0; round < 2; ++round) {
      for (std::size_t i = 0; i < texts.size(); ++i) {
        std::int64_t sum = 0;
        TRYV(t.run(Sql{texts[i]}, {std::int64_t{1}}, [&](const Row& row) { sum = row.integer(0); }));
        EXPECT_EQ(sum, static_cast<std::int64_t>(i) + 1);
      }
    }
    return ok();
  });
  EXPECT_FALSE(result.has_error()) << result.error().text();
}

LINDUNG_ON_BOTH_ENGINES(DatabaseValues);

}  // namespace
}  // namespace lindung::store
