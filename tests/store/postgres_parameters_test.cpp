// Arrays travel in PostgreSQL's binary format and come out of unnest() as they went in.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

constexpr Sql insert_all{
    "INSERT INTO item (id, data, name) SELECT id, data, name FROM unnest($1, $2, $3) AS batch (id, data, name)"};
constexpr Sql read_all{"SELECT id, data, name FROM item ORDER BY id"};

class PostgresArrays : public ::testing::Test {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(true);
    place_ = std::make_unique<testing::Place>(Engine::postgresql);
    auto opened = place_->open();
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    database_ = std::move(opened).value();
    ASSERT_FALSE(database_->migrate().has_error());
  }
  std::unique_ptr<testing::Place> place_;
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresArrays, ComeOutAsTheyWentIn) {
  const std::vector<std::int64_t> ids{std::numeric_limits<std::int64_t>::min(), -1, 0,
                                      std::numeric_limits<std::int64_t>::max()};
  const std::vector<Bytes> data{{}, {0, 1, 2, 255}, Bytes(70'000, 9), {'{', '"', ',', '\\'}};
  const std::vector<BytesView> views{data.begin(), data.end()};
  const std::vector<std::string_view> names{"", "NULL", "{a,\"b\"}", "ꦗꦮ"};
  ASSERT_FALSE(database_
                   ->write([&](Transaction& t) -> Result<void> {
                     TRY(rows, t.run(insert_all, {std::span<const std::int64_t>{ids}, std::span<const BytesView>{views},
                                                  std::span<const std::string_view>{names}}));
                     EXPECT_EQ(rows, ids.size());
                     return ok();
                   })
                   .has_error());
  std::size_t at = 0;
  ASSERT_FALSE(database_
                   ->read([&](Transaction& t) -> Result<void> {
                     TRYV(t.run(read_all, {}, [&](const Row& row) {
                       EXPECT_EQ(row.integer(0), ids[at]);
                       EXPECT_EQ(to_bytes(row.bytes(1)), data[at]);
                       EXPECT_EQ(row.text(2), names[at]);
                       ++at;
                     }));
                     return ok();
                   })
                   .has_error());
  EXPECT_EQ(at, ids.size());
}

TEST_F(PostgresArrays, MayBeEmpty) {
  ASSERT_FALSE(database_
                   ->write([](Transaction& t) -> Result<void> {
                     TRY(rows, t.run(insert_all, {std::span<const std::int64_t>{}, std::span<const BytesView>{},
                                                  std::span<const std::string_view>{}}));
                     EXPECT_EQ(rows, 0U);
                     return ok();
                   })
                   .has_error());
}

TEST_F(PostgresArrays, AStatementIsPreparedOnceAConnection) {
  constexpr Sql count{
      "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO item (id) VALUES%'"};
  constexpr Sql insert{"INSERT INTO item (id) VALUES ($1)"};
  std::int64_t prepared = -1;
  ASSERT_FALSE(database_
                   ->write([&](Transaction& t) -> Result<void> {
                     for (std::int64_t id = 0; id < 20; ++id) {
                       TRYV(t.run(insert, {id}));
                     }
                     TRYV(t.run(count, {}, [&](const Row& row) { prepared = row.integer(0); }));
                     return ok();
                   })
                   .has_error());
  EXPECT_EQ(prepared, 1);
}

}  // namespace
}  // namespace lindung::store
