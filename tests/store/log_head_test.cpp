// The head of the log on both engines: indices without gaps, and nothing committed without its entry.
#include "store/log_head.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

using testing::item_ids;
using testing::put;

constexpr Sql list_entries{"SELECT idx, leaf FROM log_entry ORDER BY idx"};

class LogHeadContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    place_ = std::make_unique<testing::Place>(GetParam());
    auto opened = place_->open();
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    database_ = std::move(opened).value();
    ASSERT_FALSE(database_->migrate().has_error());
  }
  [[nodiscard]] Database& db() const { return *database_; }

  [[nodiscard]] std::vector<std::string> leaves() const {
    std::vector<std::string> found;
    const auto result = db().read([&](Transaction& t) -> Result<void> {
      TRYV(t.run(list_entries, {}, [&](const Row& row) {
        EXPECT_EQ(row.integer(0), static_cast<std::int64_t>(found.size())) << "a gap";
        found.emplace_back(as_text(row.bytes(1)));
      }));
      return ok();
    });
    EXPECT_FALSE(result.has_error()) << result.error().text();
    return found;
  }

  std::unique_ptr<testing::Place> place_;
  std::unique_ptr<Database> database_;
};

Result<void> append(Transaction& transaction, std::string_view leaf, std::uint64_t* index = nullptr) {
  TRY(head, LogHead::lock(transaction));
  TRY(given, head.append(as_bytes(leaf)));
  if (index != nullptr) *index = given;
  return head.finish(moment_of(1'000));
}

TEST_P(LogHeadContract, GivesIndicesWithoutGapsToManyThreads) {
  constexpr int threads = 8;
  constexpr int each = 100;
  std::atomic<int> failures{0};
  std::vector<std::vector<std::pair<std::uint64_t, std::string>>> given(threads);
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < threads; ++worker) {
      workers.emplace_back([&, worker] {
        for (int i = 0; i < each; ++i) {
          std::uint64_t index = 0;
          const auto leaf = "leaf " + std::to_string(worker) + "/" + std::to_string(i);
          const auto result = db().write([&](Transaction& t) -> Result<void> {
            TRYV(append(t, leaf, &index));
            if (i % 5 == 4) return fail(Errc::quota);  // its index is given to another
            return ok();
          });
          if (result.has_error() != (i % 5 == 4)) ++failures;
          if (!result.has_error()) given[static_cast<std::size_t>(worker)].emplace_back(index, leaf);
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  const auto found = leaves();
  ASSERT_EQ(found.size(), static_cast<std::size_t>(threads * each * 4 / 5));
  for (const auto& list : given) {
    for (const auto& [index, leaf] : list) EXPECT_EQ(found.at(index), leaf);
  }
}

TEST_P(LogHeadContract, AHeadThatIsDroppedUnfinishedFailsItsUnit) {
  const auto result = db().write([](Transaction& t) -> Result<void> {
    TRY(head, LogHead::lock(t));
    TRYV(put(t, 1));
    TRYV(head.append(as_bytes("forgotten")));
    return ok();
  });
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::database);
  EXPECT_TRUE(item_ids(db()).empty());
  EXPECT_TRUE(leaves().empty());
}

TEST_P(LogHeadContract, AHeadThatAppendedNothingMayBeDropped) {
  EXPECT_FALSE(db().write([](Transaction& t) -> Result<void> {
                     TRY(head, LogHead::lock(t));
                     EXPECT_EQ(head.next(), 0U);
                     return put(t, 1);
                   })
                   .has_error());
  EXPECT_EQ(item_ids(db()).size(), 1U);
}

TEST_P(LogHeadContract, AppendsManyInTheirOrder) {
  const std::vector<std::string> texts{"one", "two", std::string(300, 'z'), std::string("\0binary", 7)};
  const auto result = db().write([&](Transaction& t) -> Result<void> {
    TRYV(append(t, "zero"));
    TRY(head, LogHead::lock(t));
    EXPECT_EQ(head.next(), 1U);
    std::vector<BytesView> views;
    for (const auto& text : texts) views.push_back(as_bytes(text));
    TRYV(head.append_all(views));
    EXPECT_EQ(head.next(), 5U);
    return head.finish(moment_of(2'000));
  });
  ASSERT_FALSE(result.has_error()) << result.error().text();
  const auto found = leaves();
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0], "zero");
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(found[i + 1], texts[i]);
}

TEST_P(LogHeadContract, RemembersTheNewestTimeAndNeverAnOlderOne) {
  for (const auto& [at, expected] : {std::pair{5'000U, 0U}, {4'000U, 5'000U}, {6'000U, 5'000U}, {1U, 6'000U}}) {
    Moment before;
    const auto result = db().write([&](Transaction& t) -> Result<void> {
      TRY(head, LogHead::lock(t));
      before = head.last_time();
      TRYV(head.append(as_bytes("x")));
      return head.finish(moment_of(at));
    });
    ASSERT_FALSE(result.has_error()) << result.error().text();
    EXPECT_EQ(before, moment_of(expected));
  }
}

TEST_P(LogHeadContract, RefusesAnAppendAfterTheEndAndAnEmptyLeaf) {
  const auto result = db().write([](Transaction& t) -> Result<void> {
    TRY(head, LogHead::lock(t));
    EXPECT_EQ(head.append({}).error().code, Errc::invalid_argument);
    TRYV(head.append(as_bytes("x")));
    TRYV(head.finish(moment_of(1)));
    EXPECT_EQ(head.append(as_bytes("y")).error().code, Errc::invalid_argument);
    EXPECT_EQ(head.finish(moment_of(1)).error().code, Errc::invalid_argument);
    return ok();
  });
  ASSERT_FALSE(result.has_error()) << result.error().text();
  EXPECT_EQ(leaves().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, LogHeadContract, ::testing::Values(Engine::sqlite, Engine::postgresql),
                         [](const auto& engine) { return engine.param == Engine::sqlite ? "SQLite" : "PostgreSQL"; });

}  // namespace
}  // namespace lindung::store
