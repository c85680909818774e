// Why the head is locked by a statement of its own (protocol.md section 10), seen on PostgreSQL: a statement that
// waited for a lock still has the snapshot from before it, the next one has not.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"
#include "store/log_head.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

// Item 1 is the partner, its name the state.
constexpr Sql state_alone{"SELECT name FROM item WHERE id = 1"};
constexpr Sql state_with_lock{"SELECT (SELECT name FROM item WHERE id = 1) FROM log_head WHERE id = 0 FOR UPDATE"};

class LogHeadOnPostgres : public ::testing::Test {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(true);
    place_ = std::make_unique<testing::Place>(Engine::postgresql);
    auto opened = place_->open();
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    database_ = std::move(opened).value();
    ASSERT_FALSE(database_->migrate().has_error());
    ASSERT_FALSE(database_->write([](Transaction& t) { return testing::put(t, 1, {}, "active"); }).has_error());
    other_.reset(PQconnectdb(place_->conninfo().c_str()));
  }

  void other(const char* sql) const {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(other_.get(), sql), &PQclear};
    const auto status = PQresultStatus(result.get());
    ASSERT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) << PQerrorMessage(other_.get());
  }

  [[nodiscard]] bool somebody_waits_for_the_head() const {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{
        PQexec(other_.get(),
               "SELECT 1 FROM pg_locks AS waiting JOIN pg_locks AS held ON held.relation = 'log_head'::regclass AND "
               "held.pid = waiting.pid WHERE NOT waiting.granted"),
        &PQclear};
    return PQntuples(result.get()) > 0;
  }

  // Session A holds the head and cuts; the unit waits for the head; A commits. Returns what the unit then reads.
  std::string what_a_unit_sees(const std::function<Result<void>(Transaction&, std::string&)>& look) {
    other("BEGIN; SELECT next FROM log_head WHERE id = 0 FOR UPDATE; UPDATE item SET name = 'cut' WHERE id = 1");
    std::string seen;
    auto unit =
        std::async(std::launch::async, [&] { return database_->write([&](Transaction& t) { return look(t, seen); }); });
    while (!somebody_waits_for_the_head()) std::this_thread::yield();
    other("COMMIT");
    const auto outcome = unit.get();
    EXPECT_FALSE(outcome.has_error()) << outcome.error().text();
    return seen;
  }

  std::unique_ptr<testing::Place> place_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> other_{nullptr, &PQfinish};
};

TEST_F(LogHeadOnPostgres, AUnitThatWaitedForTheHeadSeesTheCutInItsNextStatement) {
  const auto seen = what_a_unit_sees([](Transaction& t, std::string& state) -> Result<void> {
    TRY(head, LogHead::lock(t));
    TRYV(t.run(state_alone, {}, [&](const Row& row) { state = row.text(0); }));
    return ok();
  });
  EXPECT_EQ(seen, "cut");
}

TEST_F(LogHeadOnPostgres, TheStatementThatWaitedWouldHaveSeenThePartnerStillActive) {
  const auto seen = what_a_unit_sees([](Transaction& t, std::string& state) -> Result<void> {
    TRYV(t.run(state_with_lock, {}, [&](const Row& row) { state = row.text(0); }));
    return ok();
  });
  EXPECT_EQ(seen, "active") << "if this changed, the rule of section 10 has lost its reason";
}

TEST_F(LogHeadOnPostgres, TwoNodesShareOneLogWithoutGaps) {
  auto opened = place_->open();
  ASSERT_FALSE(opened.has_error()) << opened.error().text();
  const auto second = std::move(opened).value();
  const auto append = [](Database& database) {
    for (int i = 0; i < 100; ++i) {
      const auto outcome = database.write([&](Transaction& t) -> Result<void> {
        TRY(head, LogHead::lock(t));
        TRYV(head.append(as_bytes("leaf")));
        return head.finish(moment_of(1));
      });
      ASSERT_FALSE(outcome.has_error()) << outcome.error().text();
    }
  };
  {
    const std::jthread one{[&] { append(*database_); }};
    const std::jthread two{[&] { append(*second); }};
  }
  std::int64_t count = 0;
  std::int64_t last = 0;
  ASSERT_FALSE(database_
                   ->read([&](Transaction& t) -> Result<void> {
                     constexpr Sql summary{"SELECT count(*), max(idx) FROM log_entry"};
                     TRYV(t.run(summary, {}, [&](const Row& row) {
                       count = row.integer(0);
                       last = row.integer(1);
                     }));
                     return ok();
                   })
                   .has_error());
  EXPECT_EQ(count, 200);
  EXPECT_EQ(last, 199);
}

}  // namespace
}  // namespace lindung::store
