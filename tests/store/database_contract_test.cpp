// The promise of database.h, kept by both engines: every test here runs on SQLite and on PostgreSQL.
#include "store/database_contract.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <future>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/schema.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

using testing::DatabaseContract;
using testing::item_ids;
using testing::put;

constexpr Sql list_items{"SELECT id FROM item ORDER BY id"};

// Holds the writer inside a unit until it is let go, so that what is submitted meanwhile must wait.
class HeldWriter {
 public:
  explicit HeldWriter(Database& database) {
    database.submit(
        [this](Transaction&) -> Result<void> {
          entered_.set_value();
          release_.get_future().wait();
          return ok();
        },
        [this](const Result<void>&) { finished_.set_value(); });
    entered_.get_future().wait();
  }
  void let_go() {
    release_.set_value();
    finished_.get_future().wait();
  }

 private:
  std::promise<void> entered_, release_, finished_;
};

// Counts completions and keeps what they were given, in order.
class Completions {
 public:
  Completion expect(std::int64_t id) {
    return [this, id](Result<void> outcome) {
      const std::lock_guard lock{mutex_};
      order_.push_back(id);
      outcomes_.push_back(std::move(outcome));
      changed_.notify_all();
    };
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return order_.size() >= count; });
  }
  [[nodiscard]] std::vector<std::int64_t> order() {
    const std::lock_guard lock{mutex_};
    return order_;
  }
  [[nodiscard]] std::vector<Result<void>> outcomes() {
    const std::lock_guard lock{mutex_};
    return outcomes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::int64_t> order_;
  std::vector<Result<void>> outcomes_;
};

TEST_P(DatabaseContract, MigratesAgainWithoutChangingAnything) {
  ASSERT_FALSE(db().write([](Transaction& t) { return put(t, 1); }).has_error());
  ASSERT_FALSE(db().migrate().has_error());
  EXPECT_EQ(item_ids(db()), std::vector<std::int64_t>{1});
}

TEST_P(DatabaseContract, RefusesADatabaseThatIsNewerThanTheProgram) {
  database_.reset();
  auto older = place_->open(testing::item_migrations().first(1));
  ASSERT_FALSE(older.has_error()) << older.error().text();
  const auto migrated = older.value()->migrate();
  ASSERT_TRUE(migrated.has_error());
  EXPECT_EQ(migrated.error().code, Errc::conflict);
}

TEST_P(DatabaseContract, RefusesADatabaseOfAnotherProgram) {
  static const std::array others{Migration{.version = 1, .name = "something else", .statements = {}},
                                 Migration{.version = 2, .name = "item", .statements = {}}};
  database_.reset();
  auto opened = place_->open(others);
  ASSERT_FALSE(opened.has_error()) << opened.error().text();
  const auto migrated = opened.value()->migrate();
  ASSERT_TRUE(migrated.has_error());
  EXPECT_EQ(migrated.error().code, Errc::conflict);
}

TEST_P(DatabaseContract, AMigrationThatFailsLeavesNothing) {
  static constexpr std::array broken{std::string_view{"CREATE TABLE half (id INT PRIMARY KEY)"},
                                     std::string_view{"INSERT INTO nowhere (id) VALUES (1)"}};
  static constexpr std::array mended{std::string_view{"CREATE TABLE half (id INT PRIMARY KEY)"}};
  const auto known = testing::item_migrations();
  const std::array with_broken{known[0], known[1], Migration{.version = 3, .name = "half", .statements = broken}};
  const std::array with_mended{known[0], known[1], Migration{.version = 3, .name = "half", .statements = mended}};
  database_.reset();
  {
    auto opened = place_->open(with_broken);
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    const auto migrated = opened.value()->migrate();
    ASSERT_TRUE(migrated.has_error());
    EXPECT_EQ(migrated.error().code, Errc::database);
  }
  auto opened = place_->open(with_mended);
  ASSERT_FALSE(opened.has_error()) << opened.error().text();
  EXPECT_FALSE(opened.value()->migrate().has_error());
}

TEST_P(DatabaseContract, WhatWasWrittenIsThereAfterOpeningAgain) {
  ASSERT_FALSE(db().write([](Transaction& t) { return put(t, 7); }).has_error());
  open();
  EXPECT_EQ(item_ids(db()), std::vector<std::int64_t>{7});
}

TEST_P(DatabaseContract, AUnitThatReturnsAnErrorLeavesNothing) {
  const auto result = db().write([](Transaction& t) -> Result<void> {
    TRYV(put(t, 1));
    return fail(Errc::quota, "enough", 60);
  });
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::quota);
  EXPECT_EQ(result.error().number, 60U);
  EXPECT_TRUE(item_ids(db()).empty());
}

TEST_P(DatabaseContract, AUnitThatFailsDisturbsNoUnitCommittedWithIt) {
  Completions completions;
  HeldWriter held{db()};
  for (std::int64_t id = 0; id < 9; ++id) {
    db().submit(
        [id](Transaction& t) -> Result<void> {
          TRYV(put(t, id));
          if (id % 3 == 1) return fail(Errc::replay_conflict);
          return id % 3 == 2 ? put(t, id) : Result<void>{ok()};  // the same key again
        },
        completions.expect(id));
  }
  const auto before = db().counters();
  held.let_go();
  completions.wait_for(9);
  const auto outcomes = completions.outcomes();
  for (std::size_t id = 0; id < 9; ++id) {
    ASSERT_EQ(outcomes[id].has_error(), id % 3 != 0) << id;
    if (outcomes[id].has_value()) continue;
    EXPECT_EQ(outcomes[id].error().code, id % 3 == 1 ? Errc::replay_conflict : Errc::database) << id;
  }
  EXPECT_EQ(item_ids(db()), (std::vector<std::int64_t>{0, 3, 6}));
  EXPECT_EQ(db().counters().commits - before.commits, 2U);  // the held one and one group
  EXPECT_EQ(db().counters().units_failed - before.units_failed, 6U);
}

TEST_P(DatabaseContract, AStatementThatFailedFailsItsUnitWhateverItReturns) {
  const auto result = db().write([](Transaction& t) -> Result<void> {
    TRYV(put(t, 1));
    EXPECT_TRUE(put(t, 1).has_error());
    return ok();
  });
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::database);
  EXPECT_TRUE(item_ids(db()).empty());
}

TEST_P(DatabaseContract, ASpoiledUnitIsNotCommitted) {
  const auto result = db().write([](Transaction& t) -> Result<void> {
    TRYV(put(t, 1));
    t.spoil({.code = Errc::corrupt, .detail = "left unfinished"});
    return ok();
  });
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::corrupt);
  EXPECT_TRUE(item_ids(db()).empty());
  EXPECT_FALSE(db().write([](Transaction& t) { return put(t, 2); }).has_error());
}

TEST_P(DatabaseContract, UnitsThatWaitAreCommittedTogetherAndReleasedInOrder) {
  constexpr std::int64_t count = 200;
  Completions completions;
  HeldWriter held{db()};
  for (std::int64_t id = 0; id < count; ++id) {
    db().submit([id](Transaction& t) { return put(t, id); }, completions.expect(id));
  }
  EXPECT_EQ(db().counters().queue_depth, static_cast<std::uint64_t>(count));
  const auto before = db().counters().commits;
  held.let_go();
  completions.wait_for(count);
  const auto order = completions.order();
  for (std::int64_t id = 0; id < count; ++id) EXPECT_EQ(order[static_cast<std::size_t>(id)], id);
  EXPECT_EQ(db().counters().commits - before, 2U);
  EXPECT_EQ(item_ids(db()).size(), static_cast<std::size_t>(count));
}

TEST_P(DatabaseContract, AGroupIsNoLargerThanAllowed) {
  open({.max_group = 10});
  Completions completions;
  HeldWriter held{db()};
  for (std::int64_t id = 0; id < 25; ++id) {
    db().submit([id](Transaction& t) { return put(t, id); }, completions.expect(id));
  }
  const auto before = db().counters().commits;
  held.let_go();
  completions.wait_for(25);
  EXPECT_EQ(db().counters().commits - before, 4U);  // held, 10, 10, 5
}

TEST_P(DatabaseContract, ACompletionFindsItsUnitCommitted) {
  std::promise<std::size_t> seen;
  db().submit([](Transaction& t) { return put(t, 1); },
              [&](const Result<void>& outcome) {
                EXPECT_FALSE(outcome.has_error());
                seen.set_value(item_ids(db()).size());
              });
  EXPECT_EQ(seen.get_future().get(), 1U);
}

TEST_P(DatabaseContract, AFullQueueIsBusyAndRecordsNothing) {
  open({.max_queue = 3});
  Completions waiting;
  HeldWriter held{db()};
  for (std::int64_t id = 0; id < 3; ++id) {
    db().submit([id](Transaction& t) { return put(t, id); }, waiting.expect(id));
  }
  Completions refused;
  db().submit([](Transaction& t) { return put(t, 3); }, refused.expect(3));
  const auto outcomes = refused.outcomes();
  ASSERT_EQ(outcomes.size(), 1U) << "a refusal is told at once";
  ASSERT_TRUE(outcomes[0].has_error());
  EXPECT_EQ(outcomes[0].error().code, Errc::busy);
  held.let_go();
  waiting.wait_for(3);
  EXPECT_EQ(item_ids(db()), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST_P(DatabaseContract, ClosingRunsWhatWasQueued) {
  Completions completions;
  for (std::int64_t id = 0; id < 50; ++id) {
    db().submit([id](Transaction& t) { return put(t, id); }, completions.expect(id));
  }
  database_.reset();
  EXPECT_EQ(completions.order().size(), 50U);
  open();
  EXPECT_EQ(item_ids(db()).size(), 50U);
}

TEST_P(DatabaseContract, AReadSeesOneMoment) {
  ASSERT_FALSE(db().write([](Transaction& t) { return put(t, 1); }).has_error());
  const auto result = db().read([&](Transaction& t) -> Result<void> {
    TRY(before, t.run(list_items, {}));
    EXPECT_FALSE(db().write([](Transaction& other) { return put(other, 2); }).has_error());
    TRY(after, t.run(list_items, {}));
    EXPECT_EQ(before, 1U);
    EXPECT_EQ(after, 1U);
    return ok();
  });
  ASSERT_FALSE(result.has_error()) << result.error().text();
  EXPECT_EQ(item_ids(db()).size(), 2U);
}

TEST_P(DatabaseContract, AReadCannotWrite) {
  const auto result = db().read([](Transaction& t) { return put(t, 1); });
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::database);
  EXPECT_TRUE(item_ids(db()).empty());
}

TEST_P(DatabaseContract, AQuestionIsOneSelectAndCannotWrite) {
  ASSERT_FALSE(db().write([](Transaction& t) { return put(t, 7); }).has_error());
  std::vector<std::int64_t> found;
  const auto note = [&](const Row& row) { found.push_back(row.integer(0)); };
  ASSERT_FALSE(db().ask(Sql{"SELECT id FROM item WHERE id >= $1"}, {std::int64_t{7}}, note).has_error());
  EXPECT_EQ(found, std::vector<std::int64_t>{7});
  const auto error_of = [&](Sql sql) {
    const auto asked = db().ask(sql, {}, note);
    return asked.has_error() ? asked.error().code : Errc::io;
  };
  EXPECT_EQ(error_of(Sql{"DELETE FROM item"}), Errc::database);
  EXPECT_EQ(error_of(Sql{"SELECT id FROM nowhere"}), Errc::database);
  EXPECT_EQ(item_ids(db()), std::vector<std::int64_t>{7});
}

TEST_P(DatabaseContract, ReadsAndWritesOfManyThreadsGoOnTogether) {
  constexpr int threads = 6;
  constexpr std::int64_t each = 60;
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < threads; ++worker) {
      workers.emplace_back([&, worker] {
        for (std::int64_t i = 0; i < each; ++i) {
          const auto id = worker * each + i;
          if (db().write([id](Transaction& t) { return put(t, id); }).has_error()) ++failures;
          if (item_ids(db()).empty()) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(item_ids(db()).size(), static_cast<std::size_t>(threads * each));
  EXPECT_EQ(db().counters().units_failed, 0U);
}

TEST_P(DatabaseContract, IsReadyAndKnowsTheTime) {
  EXPECT_TRUE(db().is_ready());
  const auto clock = db().clock_s();
  ASSERT_FALSE(clock.has_error()) << clock.error().text();
  EXPECT_NEAR(static_cast<double>(clock.value()), static_cast<double>(std::time(nullptr)), 2.0);
}

LINDUNG_ON_BOTH_ENGINES(DatabaseContract);

}  // namespace
}  // namespace lindung::store
