// The guards with a real PostgreSQL that comes back older than its log, and with clocks that are wrong.
#include "server/answer_guards.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "log/entry.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "support/private_postgres.h"
#include "support/test_store.h"

namespace lindung::server {
namespace {

namespace fs = std::filesystem;
using Reasons = std::vector<std::string>;

// One node's database, log and gate. Nothing is published but what a test asks for.
class Installation {
 public:
  Installation(std::unique_ptr<store::Database> opened, const Clock& clock)
      : clock_{clock}, database_{std::move(opened)} {
    must(database_->migrate().has_value());
    auto started = service::LogPublisher::start(
        *database_, crypto::Ed25519PrivateKey::from_seed(Secret<32>{ByteArray<32>{7}}), clock_, gate_,
        {.log_folder = folder_.file("log"),
         .anchor_file = folder_.file("log-anchor"),
         .origin = "lindung.example/test",
         .interval = std::chrono::hours{1}});
    must(started.has_value());
    publisher_ = std::move(started).value();
  }

  [[nodiscard]] Result<void> append() {
    return service::write_logged(*database_, clock_, [this](service::LoggedUnit& unit) -> Result<void> {
      TRYV(unit.log(log::RetentionEntry{.at = clock_.now(), .what = "visits", .period = 20'000}));
      return ok();
    });
  }
  [[nodiscard]] AnswerGuards guards(std::function<bool()> clock_is_kept = {}) {
    return {*database_, *publisher_, clock_, gate_, std::move(clock_is_kept)};
  }
  [[nodiscard]] service::Gate& gate() { return gate_; }
  [[nodiscard]] service::LogPublisher& publisher() { return *publisher_; }
  [[nodiscard]] store::Database& database() { return *database_; }

 private:
  static void must(bool done) {
    if (!done) throw std::runtime_error{"the installation cannot be made"};
  }

  store::testing::TempFolder folder_;
  const Clock& clock_;
  service::Gate gate_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<service::LogPublisher> publisher_;
};

std::unique_ptr<store::Database> sqlite_in(const store::testing::TempFolder& folder) {
  auto opened = store::open_sqlite({.path = folder.file("lindung.db")});
  if (opened.has_error()) throw std::runtime_error{opened.error().text()};
  return std::move(opened).value();
}

// A copy with owner and mode, as PostgreSQL insists on.
void copy(const std::string& from, const std::string& to) {
  if (std::system(("cp -a " + from + " " + to).c_str()) != 0) throw std::runtime_error{"cp"};  // NOLINT: fixed words
}

// A node leaves a server alone for a moment after it found none.
bool answers_again(store::Database& database) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!database.is_ready()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});  // there is nothing to wait on
  }
  return true;
}

TEST(AnswerGuards, APostgresThatComesBackOlderThanItsLogIsNotAnsweredFrom) {
  LINDUNG_NEEDS_POSTGRES(true);
  store::testing::PrivatePostgres server;
  const auto data = server.folder() + "/data";
  auto opened = store::open_postgres({.conninfo = server.conninfo()});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  const SystemClock clock;
  Installation node{std::move(opened).value(), clock};
  auto guards = node.guards();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(node.append().has_value());
  ASSERT_TRUE(node.publisher().publish().has_value());
  server.kill();
  copy(data, server.folder() + "/older");
  server.start();
  ASSERT_TRUE(answers_again(node.database()));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(node.append().has_value());
  ASSERT_EQ(node.publisher().publish().value().size, 5U);
  ASSERT_TRUE(guards.look().has_value());
  ASSERT_EQ(node.gate().reasons(), Reasons{}) << "it has everything that was published";

  server.kill();
  fs::rename(data, server.folder() + "/newer");
  fs::rename(server.folder() + "/older", data);
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_EQ(node.gate().reasons(), Reasons{"database: does not answer"});
  server.start();
  ASSERT_TRUE(answers_again(node.database()));
  const auto appended = node.append();
  ASSERT_TRUE(appended.has_error()) << "before any guard has looked";
  EXPECT_EQ(appended.error().code, Errc::unavailable);
  EXPECT_EQ(appended.error().detail,
            "the database's log ends at 3, but 5 entries were published: it is older than its log");
  const Reasons older{
      "log: conflict: the database ends at log entry 3, but entries up to 5 were published: it is older "
      "than its log"};
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_EQ(node.gate().reasons(), older);
  EXPECT_EQ(node.publisher().publish().error().code, Errc::conflict);
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_EQ(node.gate().reasons(), older) << "as long as it is the older one";

  server.kill();
  fs::rename(data, server.folder() + "/older");
  fs::rename(server.folder() + "/newer", data);
  server.start();
  ASSERT_TRUE(answers_again(node.database()));
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_EQ(node.gate().reasons(), Reasons{});
  EXPECT_TRUE(node.append().has_value());
}

TEST(AnswerGuards, AReconnectionThatNobodySawIsComparedToo) {
  LINDUNG_NEEDS_POSTGRES(true);
  store::testing::PrivatePostgres server;
  auto opened = store::open_postgres({.conninfo = server.conninfo()});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  const SystemClock clock;
  Installation node{std::move(opened).value(), clock};
  auto guards = node.guards();
  ASSERT_TRUE(node.append().has_value());
  ASSERT_TRUE(node.publisher().publish().has_value());
  ASSERT_TRUE(guards.look().has_value());
  server.kill();
  server.start();
  ASSERT_TRUE(answers_again(node.database()));
  server.sql("UPDATE log_entry SET leaf = 'another' WHERE idx = 0");
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_EQ(node.gate().reasons(), Reasons{"log: conflict: the database's entries are not those that were published"});
}

TEST(AnswerGuards, APostgresWithAnotherTimeIsNotAnsweredFrom) {
  LINDUNG_NEEDS_POSTGRES(true);
  const store::testing::Place place{store::Engine::postgresql};
  auto opened = store::open_postgres({.conninfo = place.conninfo()});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  const SystemClock clock{seconds{-60}};
  Installation node{std::move(opened).value(), clock};
  auto guards = node.guards();
  ASSERT_TRUE(guards.look().has_value());
  ASSERT_EQ(node.gate().reasons().size(), 1U);
  EXPECT_TRUE(node.gate().reasons().front().starts_with("clock: is ")) << node.gate().reasons().front();
}

TEST(AnswerGuards, AClockThatWasSetWhileTheNodeRanIsNotAnsweredFromUntilItIsPutBack) {
  const store::testing::TempFolder folder;
  constexpr auto begin = moment_of(1'800'000'000);
  ManualClock clock{begin};
  Installation node{sqlite_in(folder), clock};
  auto guards = node.guards();
  clock.advance(seconds{86'400});
  guards.look_at_drift();
  EXPECT_EQ(node.gate().reasons(), Reasons{}) << "time went on, and the clock with it";
  for (const int by : {6, -6, 86'400, -3'600}) {
    const auto right = clock.now();
    clock.set(right + seconds{by});
    guards.look_at_drift();
    EXPECT_EQ(node.gate().reasons(),
              Reasons{"clock-drift: the clock was set by " + std::to_string(std::abs(by)) +
                      " s while the server ran (put it back, or start again if it is right now)"});
    clock.set(right);
    ASSERT_TRUE(guards.look().has_value());
    EXPECT_EQ(node.gate().reasons(), Reasons{});
  }
  for (const int by : {5, -5}) {
    const auto right = clock.now();
    clock.set(right + seconds{by});
    guards.look_at_drift();
    EXPECT_EQ(node.gate().reasons(), Reasons{}) << by << " s are within what is tolerated";
    clock.set(right);
  }
}

TEST(AnswerGuards, AClockThatNoServiceKeepsClosesTheGateWhereOneIsRequired) {
  const store::testing::TempFolder folder;
  const SystemClock clock;
  Installation node{sqlite_in(folder), clock};
  bool is_kept = false;
  auto guards = node.guards([&] { return is_kept; });
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_EQ(node.gate().reasons(), Reasons{"clock: is not synchronised, says the kernel "
                                           "(server.require_synchronised_clock = false where no time service runs)"});
  is_kept = true;
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_EQ(node.gate().reasons(), Reasons{});
}

TEST(AnswerGuards, AClockThatNoServiceKeepsIsTakenWhereNoneIsRequired) {
  const store::testing::TempFolder folder;
  const SystemClock clock;
  Installation node{sqlite_in(folder), clock};
  auto guards = node.guards();
  ASSERT_TRUE(guards.look().has_value());
  EXPECT_TRUE(node.gate().is_open());
}

}  // namespace
}  // namespace lindung::server
