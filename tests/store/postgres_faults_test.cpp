// PostgreSQL paused, killed, demoted, locked: what postgres.md observed, held against the promise of database.h. The
// server is this test's own, so that nobody else's stops with it.
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/log_head.h"
#include "store/postgres_database.h"
#include "support/private_postgres.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

using namespace std::chrono_literals;
using testing::item_ids;
using testing::PrivatePostgres;
using testing::put;

constexpr auto deadline = 600ms;
// What "within the deadline" leaves to a machine that also does other things.
constexpr auto soon = 4 * deadline;

constexpr Sql put_once{"INSERT INTO item (id) VALUES ($1) ON CONFLICT DO NOTHING"};
constexpr Sql touch{"UPDATE item SET name = 'touched' WHERE id = $1"};

class PostgresFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(true);
    server_ = std::make_unique<PrivatePostgres>();
    // The schema is no part of what is timed.
    const auto patient = open(server_->conninfo(), 20s);
    ASSERT_NE(patient, nullptr);
    const auto migrated = patient->migrate();
    ASSERT_FALSE(migrated.has_error()) << migrated.error().text();
    database_ = open(server_->conninfo());
    ASSERT_NE(database_, nullptr);
  }

  [[nodiscard]] static std::unique_ptr<Database> open(const std::string& conninfo,
                                                      std::chrono::milliseconds limit = deadline) {
    auto opened = open_postgres({.conninfo = conninfo, .deadline = limit}, testing::item_migrations());
    EXPECT_FALSE(opened.has_error()) << opened.error().text();
    return opened.has_value() ? std::move(opened).value() : nullptr;
  }

  [[nodiscard]] PrivatePostgres& server() const { return *server_; }
  [[nodiscard]] Database& db() const { return *database_; }

  [[nodiscard]] Result<void> write_once(std::int64_t id) const {
    return db().write([id](Transaction& t) -> Result<void> {
      TRYV(t.run(put_once, {id}));
      return ok();
    });
  }

  void write_until_it_works(std::int64_t id) const {
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while (write_once(id).has_error()) ASSERT_LT(std::chrono::steady_clock::now(), patience) << "it never recovers";
  }

  std::unique_ptr<PrivatePostgres> server_;
  std::unique_ptr<Database> database_;
};

Errc code_of(const Result<void>& result) { return result.has_error() ? result.error().code : Errc{255}; }

TEST_F(PostgresFaults, APausedServerCostsADeadlineAndNothingIsRecorded) {
  server().pause();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(db().write([](Transaction& t) { return put(t, 1); })), Errc::unavailable);
  EXPECT_EQ(code_of(db().read([](Transaction& t) -> Result<void> {
              TRYV(t.run(Sql{"SELECT id FROM item"}, {}));
              return ok();
            })),
            Errc::unavailable);
  EXPECT_FALSE(db().is_ready());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 3 * soon);
  server().resume();
  write_until_it_works(2);
  EXPECT_EQ(item_ids(db()), std::vector<std::int64_t>{2});
  EXPECT_TRUE(db().is_ready());
}

TEST_F(PostgresFaults, AQueueInFrontOfAPausedServerIsAnsweredAsAWhole) {
  server().pause();
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::future<Result<void>>> answers;
  for (std::int64_t id = 0; id < 100; ++id) {
    auto promise = std::make_shared<std::promise<Result<void>>>();
    answers.push_back(promise->get_future());
    db().submit([id](Transaction& t) { return put(t, id); },
                [promise](Result<void> outcome) { promise->set_value(std::move(outcome)); });
  }
  for (auto& answer : answers) EXPECT_EQ(code_of(answer.get()), Errc::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 3 * soon);
  server().resume();
  write_until_it_works(1000);
  EXPECT_EQ(item_ids(db()), std::vector<std::int64_t>{1000});
}

TEST_F(PostgresFaults, AServerPausedBeforeTheCommitLeavesTheOutcomeUnknown) {
  const auto began = std::chrono::steady_clock::now();
  const auto outcome = db().write([&](Transaction& t) -> Result<void> {
    TRYV(put(t, 1));
    server().pause();
    return ok();
  });
  EXPECT_EQ(code_of(outcome), Errc::outcome_unknown);
  EXPECT_LT(std::chrono::steady_clock::now() - began, soon);
  server().resume();
  write_until_it_works(1);  // the same again is safe, whichever it was
  EXPECT_EQ(item_ids(db()), std::vector<std::int64_t>{1});
}

TEST_F(PostgresFaults, AConnectionLostBeforeTheCommitIsMadeGoodWithoutAnyoneNoticing) {
  const auto patient = open(server().conninfo(), 20s);  // what happens meanwhile takes its time
  ASSERT_NE(patient, nullptr);
  int runs = 0;
  const auto outcome = patient->write([&](Transaction& t) -> Result<void> {
    TRYV(put(t, 1));
    if (++runs == 1) {
      server().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'");
      server().wait_until("SELECT count(*) = 0 FROM pg_stat_activity WHERE state = 'idle in transaction'");
    }
    return put(t, 2);
  });
  EXPECT_FALSE(outcome.has_error()) << outcome.error().text();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(patient->counters().retries, 1U);
  EXPECT_EQ(item_ids(db()), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(PostgresFaults, AConnectionLostAtTheCommitLeavesTheOutcomeUnknown) {
  const auto patient = open(server().conninfo(), 20s);
  ASSERT_NE(patient, nullptr);
  const auto outcome = patient->write([&](Transaction& t) -> Result<void> {
    TRYV(put(t, 1));
    server().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'");
    server().wait_until("SELECT count(*) = 0 FROM pg_stat_activity WHERE state = 'idle in transaction'");
    return ok();
  });
  EXPECT_EQ(code_of(outcome), Errc::outcome_unknown);
  write_until_it_works(2);
}

TEST_F(PostgresFaults, AKilledServerLosesNothingThatWasAcknowledged) {
  std::set<std::int64_t> acknowledged;
  std::atomic<int> count{0};
  std::jthread writer{[&](const std::stop_token& stop) {
    for (std::int64_t id = 0; !stop.stop_requested(); ++id) {
      if (write_once(id).has_error()) continue;
      acknowledged.insert(id);
      ++count;
    }
  }};
  for (int round = 0; round < 3; ++round) {
    const int before = count;
    while (count < before + 50) std::this_thread::yield();
    server().kill();
    server().start();
  }
  const int before = count;
  while (count < before + 50) std::this_thread::yield();
  writer.request_stop();
  writer.join();
  const auto ids = item_ids(db());
  const std::set<std::int64_t> stored{ids.begin(), ids.end()};
  for (const auto id : acknowledged) EXPECT_TRUE(stored.contains(id)) << id;
  EXPECT_GE(acknowledged.size(), 200U);
}

TEST_F(PostgresFaults, AServerThatTakesNoWritesIsNotReady) {
  ASSERT_FALSE(write_once(1).has_error());
  server().sql("ALTER SYSTEM SET default_transaction_read_only = on");
  server().sql("SELECT pg_reload_conf()");
  server().wait_until("SELECT current_setting('default_transaction_read_only') = 'on'");
  EXPECT_EQ(code_of(write_once(2)), Errc::unavailable);
  EXPECT_FALSE(db().is_ready());
  server().sql("ALTER SYSTEM RESET default_transaction_read_only");
  server().sql("SELECT pg_reload_conf()");
  server().wait_until("SELECT current_setting('default_transaction_read_only') = 'off'");
  write_until_it_works(2);
  EXPECT_TRUE(db().is_ready());
  EXPECT_EQ(item_ids(db()), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(PostgresFaults, ACommitWithAWarningThatItMayNotBeReplicatedIsOfUnknownOutcome) {
  const auto patient = open(server().conninfo(), 20s);
  server().sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  server().sql("SELECT pg_reload_conf()");
  server().wait_until("SELECT current_setting('synchronous_standby_names') = 'nobody'");
  auto outcome =
      std::async(std::launch::async, [&] { return patient->write([](Transaction& t) { return put(t, 1); }); });
  server().wait_until("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  server().sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  EXPECT_EQ(code_of(outcome.get()), Errc::outcome_unknown);
  EXPECT_FALSE(patient
                   ->read([](Transaction& t) -> Result<void> {
                     TRYV(t.run(Sql{"SELECT id FROM item"}, {}));
                     return ok();
                   })
                   .has_error())
      << "reading needs no standby";
}

TEST_F(PostgresFaults, ACommitThatWaitsForAStandbyTooLongIsOfUnknownOutcome) {
  server().sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  server().sql("SELECT pg_reload_conf()");
  server().wait_until("SELECT current_setting('synchronous_standby_names') = 'nobody'");
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(write_once(1)), Errc::outcome_unknown);
  EXPECT_LT(std::chrono::steady_clock::now() - began, soon);
  EXPECT_FALSE(db().is_ready()) << "a write cannot be made";
  server().sql("ALTER SYSTEM RESET synchronous_standby_names");
  server().sql("SELECT pg_reload_conf()");
  write_until_it_works(1);
  EXPECT_TRUE(db().is_ready());
}

TEST_F(PostgresFaults, ALockThatIsHeldTooLongIsUnavailableAndTheConnectionLivesOn) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> other{PQconnectdb(server().conninfo().c_str()), &PQfinish};
  PQclear(PQexec(other.get(), "BEGIN; SELECT next FROM log_head WHERE id = 0 FOR UPDATE"));
  const auto lock = [](Transaction& t) -> Result<void> {
    TRYV(LogHead::lock(t));
    return ok();
  };
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(db().write(lock)), Errc::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, soon);
  const auto* const sessions =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lindung' AND state = 'idle' AND query = "
      "'ROLLBACK'";
  EXPECT_EQ(server().sql(sessions), std::vector<std::string>{"1"});
  PQclear(PQexec(other.get(), "ROLLBACK"));
  EXPECT_FALSE(db().write(lock).has_error());
}

TEST_F(PostgresFaults, ADeadlockIsRunAgain) {
  ASSERT_FALSE(db().write([](Transaction& t) -> Result<void> {
                     TRYV(put(t, 1));
                     return put(t, 2);
                   })
                   .has_error());
  const std::unique_ptr<PGconn, decltype(&PQfinish)> other{PQconnectdb(server().conninfo().c_str()), &PQfinish};
  PQclear(PQexec(other.get(), "SET deadlock_timeout = '60s'; BEGIN; UPDATE item SET name = 'other' WHERE id = 2"));
  int runs = 0;
  std::jthread crossing;
  const auto outcome = db().write([&](Transaction& t) -> Result<void> {
    TRYV(t.run(touch, {std::int64_t{1}}));
    if (++runs == 1) {
      crossing =
          std::jthread{[&] { PQclear(PQexec(other.get(), "UPDATE item SET name = 'other' WHERE id = 1; COMMIT")); }};
      server().wait_until("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    }
    TRYV(t.run(touch, {std::int64_t{2}}));
    return ok();
  });
  EXPECT_FALSE(outcome.has_error()) << outcome.error().text();
  EXPECT_GE(runs, 2);
  EXPECT_EQ(db().counters().retries, static_cast<std::uint64_t>(runs - 1));
}

TEST_F(PostgresFaults, ANodeThatStandsStillInAUnitDoesNotHoldTheHeadForever) {
  const auto other = open(server().conninfo(), 10s);
  std::promise<void> locked;
  std::promise<void> go_on;
  int runs = 0;
  auto standing = std::async(std::launch::async, [&] {
    return db().write([&](Transaction& t) -> Result<void> {
      TRYV(LogHead::lock(t));
      if (++runs == 1) {
        locked.set_value();
        go_on.get_future().wait();
      }
      return put(t, 1);
    });
  });
  locked.get_future().wait();
  EXPECT_FALSE(other
                   ->write([](Transaction& t) -> Result<void> {
                     TRYV(LogHead::lock(t));
                     return put(t, 2);
                   })
                   .has_error());
  go_on.set_value();
  const auto outcome = standing.get();
  // It lost its transaction, and has run again or been told that nothing was recorded.
  EXPECT_TRUE(outcome.has_value() ? runs == 2 : outcome.error().code == Errc::unavailable);
}

TEST_F(PostgresFaults, AHostThatHangsCostsATurnOnceAndTheGoodOneIsRemembered) {
  const testing::TempFolder folder;
  const int hung = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const auto path = folder.file(".s.PGSQL.5432");
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  ASSERT_EQ(::bind(hung, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(hung, 16), 0);
  const auto conninfo =
      "host=" + folder.path().string() + "," + server().folder() + " port=5432 dbname=postgres user=lindung";
  const auto database = open(conninfo, 8 * deadline);
  ASSERT_NE(database, nullptr);
  ASSERT_FALSE(database->migrate().has_error());
  const auto calls = [&] {
    int count = 0;
    for (int caller = ::accept(hung, nullptr, nullptr); caller >= 0; caller = ::accept(hung, nullptr, nullptr)) {
      ::close(caller);
      ++count;
    }
    return count;
  };
  EXPECT_GT(calls(), 0);
  // Each reader and the writer connect anew now, and none of them to the host that hangs.
  server().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lindung'");
  EXPECT_FALSE(database->write([](Transaction& t) { return put(t, 1); }).has_error());
  EXPECT_EQ(item_ids(*database).size(), 1U);
  EXPECT_EQ(calls(), 0);
  ::close(hung);
}

TEST_F(PostgresFaults, NoServerAtAllIsUnavailableAtOnce) {
  server().kill();
  const auto began = std::chrono::steady_clock::now();
  const auto opened = open_postgres({.conninfo = server().conninfo(), .deadline = deadline});
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::unavailable);
  EXPECT_EQ(code_of(write_once(1)), Errc::unavailable);
  EXPECT_FALSE(db().is_ready());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2 * soon);
  server().start();
  write_until_it_works(1);
}

TEST_F(PostgresFaults, AnUnreadableAddressIsRefusedWithoutQuotingIt) {
  const auto opened = open_postgres({.conninfo = "host=x password='s3cret"});
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::invalid_argument);
  EXPECT_EQ(opened.error().detail.find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace lindung::store
