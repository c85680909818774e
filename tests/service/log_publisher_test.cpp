// The log becomes public: a database that is not the one that was published from is noticed, and exports do not hold it
// up.
#include "service/log_publisher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/entry.h"
#include "log/verifier.h"
#include "service/cosigned_checkpoints.h"
#include "service/gate.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/export_folder.h"
#include "support/test_store.h"

namespace lindung::service {
namespace {

constexpr Moment now{seconds{1'790'000'000}};

const crypto::Ed25519PrivateKey& log_key() {
  static const auto key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{ByteArray<32>{7}});
  return key;
}

class Publisher : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::open_sqlite({.path = folder_.file("lindung.db")});
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    database_ = std::move(opened).value();
    ASSERT_TRUE(database_->migrate().has_value());
    append(3);
    start();
    ASSERT_TRUE(started_.has_value()) << started_.error().text();
  }

  // Nothing is published but what a test asks for.
  void start(std::chrono::milliseconds interval = std::chrono::hours{1}) {
    publisher_.reset();
    auto started = LogPublisher::start(*database_, log_key(), clock_, gate_,
                                       {.log_folder = folder_.file("log"),
                                        .anchor_file = folder_.file("log-anchor"),
                                        .origin = "lindung.example/test",
                                        .interval = interval,
                                        .newest = newest_,
                                        .report = [this](const Error& error) {
                                          EXPECT_EQ(error.code, Errc::io) << error.text();
                                          ++reports_;
                                        }});
    started_ = started.has_error() ? Result<void>{started.error()} : ok();
    if (started.has_value()) publisher_ = std::move(started).value();
  }

  void append(int count) {
    const auto done = write_logged(*database_, clock_, [count](LoggedUnit& unit) -> Result<void> {
      for (int i = 0; i < count; ++i) {
        TRYV(unit.log(log::RetentionEntry{.at = now, .what = "visits", .period = 20'000}));
      }
      return ok();
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }

  // As a standby would come back that had not received everything.
  void forget_from(std::int64_t size) {
    const auto done = database_->write([size](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run({"DELETE FROM log_entry WHERE idx >= $1"}, {size}));
      TRYV(transaction.run({"UPDATE log_head SET next = $1 WHERE id = 0"}, {size}));
      return ok();
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }

  void exchange_leaf(std::int64_t index, std::string_view leaf) {
    const auto done = database_->write([=](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run({"UPDATE log_entry SET leaf = $1 WHERE idx = $2"}, {as_bytes(leaf), index}));
      return ok();
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }

  store::testing::TempFolder folder_;
  ManualClock clock_{now};
  Gate gate_;
  std::atomic<int> reports_{0};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<LogPublisher> publisher_;
  Result<void> started_ = ok();
  std::uint64_t newest_ = LogPublisher::Options{}.newest;
};

TEST_F(Publisher, ADiskThatFailsIsToldWhenItBeginsToFailAndPublishedFromWhenItIsWell) {
  const auto wait_for = [](const auto& holds) {
    while (!holds()) std::this_thread::yield();
  };
  start(std::chrono::milliseconds{1});
  for (int ills = 1; ills <= 2; ++ills) {
    const auto in_the_way = folder_.file("log-anchor.new");
    std::filesystem::create_directories(in_the_way + "/of/it");
    const auto before = publisher_->published_size();
    append(1);
    wait_for([&] { return reports_ == ills; });
    EXPECT_EQ(publisher_->published_size(), before);
    std::filesystem::remove_all(in_the_way);
    wait_for([&] { return publisher_->published_size() == before + 1; });
    EXPECT_EQ(reports_, ills);
  }
}

class CosignedLog : public Publisher {
 protected:
  log::NoteSignature cosignature_of(const PublishedCheckpoint& published) const {
    return log::cosign(published.note.text, now, witness_, secret_);
  }
  [[nodiscard]] std::optional<Moment> published_word() const {
    const auto note = publisher_->folder().read(log::checkpoint_file).value();
    return log::cosigned_at(log::parse_note(as_text(note)).value(), witness_).value();
  }

  crypto::Ed25519PrivateKey secret_ = crypto::Ed25519PrivateKey::from_seed(Secret<32>{ByteArray<32>{9}});
  log::WitnessKey witness_ = log::WitnessKey::make("witness.test/w", secret_.public_key()).value();
};

TEST_F(CosignedLog, ACosignatureStandsBesideTheCheckpointThatIsOutAndInItsExport) {
  const auto published = publisher_->cosigned().next(0, std::chrono::milliseconds{0}).value();
  EXPECT_EQ(published_word(), std::nullopt);
  ASSERT_TRUE(publisher_->add_cosignature(published.checkpoint, cosignature_of(published)).has_value());
  EXPECT_EQ(published_word(), now);
  ASSERT_TRUE(publisher_->export_to(folder_.file("export")).has_value());
  log::VerifyOptions options{.key = log_key().public_key(), .partner = {}, .witnesses = {witness_}, .need = 1};
  EXPECT_EQ(log::verify_export(store::export_folder(folder_.file("export")), options).value().seen_by.size(), 1U);
  ASSERT_TRUE(publisher_->add_cosignature(published.checkpoint, cosignature_of(published)).has_value());
  EXPECT_EQ(published_word(), now) << "the newer word of a witness takes the place of the older one";
}

TEST_F(CosignedLog, ACosignatureThatComesLateIsNotPutOnTheNewestCheckpoint) {
  const auto older = publisher_->cosigned().next(0, std::chrono::milliseconds{0}).value();
  append(1);
  ASSERT_TRUE(publisher_->publish().has_value());
  ASSERT_TRUE(publisher_->add_cosignature(older.checkpoint, cosignature_of(older)).has_value());
  EXPECT_EQ(published_word(), std::nullopt);
  const auto newer = publisher_->cosigned().next(older.checkpoint.size, std::chrono::hours{1}).value();
  EXPECT_EQ(newer.checkpoint.size, older.checkpoint.size + 1);
}

TEST_F(CosignedLog, AnExportWaitsForTheWordOfItsWitnesses) {
  publisher_->cosigned().expect(1, std::chrono::milliseconds{1});
  append(1);
  std::thread witness{[&] {
    const auto wanted = publisher_->cosigned().next(3, std::chrono::hours{1}).value();
    EXPECT_TRUE(publisher_->add_cosignature(wanted.checkpoint, cosignature_of(wanted)).has_value());
  }};
  const auto published = publisher_->publish_cosigned();
  witness.join();
  ASSERT_TRUE(published.has_value());
  EXPECT_EQ(published.value().checkpoint.size, 4U);
  EXPECT_EQ(log::cosigned_at(published.value().note, witness_).value(), now);
}

// A log of 700 entries of which 256 to 444 count as the newest.
class LongLog : public Publisher {
 protected:
  static constexpr std::uint64_t size = 700;
  void SetUp() override {
    newest_ = 256;
    Publisher::SetUp();
    append(static_cast<int>(size) - 3);
    ASSERT_EQ(publisher_->publish().value().size, size);
  }
  // The comparison of what start() left, to its end.
  Result<void> compare_rest() {
    for (bool is_done = false; !is_done;) {
      TRY(done, publisher_->go_on_comparing());
      is_done = done;
    }
    return ok();
  }
};

TEST_F(LongLog, StartsWhenItsDatabaseHoldsWhatWasPublished) {
  start();
  ASSERT_TRUE(started_.has_value()) << started_.error().text();
  const auto compared = compare_rest();
  EXPECT_TRUE(compared.has_value()) << compared.error().text();
  EXPECT_TRUE(gate_.is_open());
  append(1);
  EXPECT_EQ(publisher_->publish().value().size, size + 1);
}

TEST_F(LongLog, IsRefusedAtOnceWhenItsDatabaseWentAnotherWay) {
  exchange_leaf(650, "another");
  start();
  ASSERT_TRUE(started_.has_error());
  EXPECT_EQ(started_.error().code, Errc::conflict);
  EXPECT_EQ(started_.error().detail, "the database's entries are not those that were published");
}

TEST_F(LongLog, IsRefusedAtOnceWhenItsDatabaseIsOlder) {
  forget_from(699);
  start();
  ASSERT_TRUE(started_.has_error());
  EXPECT_EQ(started_.error().code, Errc::conflict);
}

TEST_F(LongLog, OneOldEntryThatWasExchangedClosesTheGateBehindTheStartAndIsTakenBackOnlyWhenItIsRight) {
  std::string right;
  ASSERT_TRUE(database_
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run({"SELECT leaf FROM log_entry WHERE idx = 1"}, {},
                                         [&](const store::Row& row) { right = as_text(row.bytes(0)); }));
                    return ok();
                  })
                  .has_value());
  exchange_leaf(1, "another");
  start();
  ASSERT_TRUE(started_.has_value()) << started_.error().text();
  const auto compared = compare_rest();
  ASSERT_TRUE(compared.has_error());
  EXPECT_EQ(compared.error().code, Errc::conflict);
  EXPECT_FALSE(gate_.is_open());
  EXPECT_EQ(publisher_->publish().error().code, Errc::conflict);
  // The newest alone are no reason to believe the rest again.
  EXPECT_EQ(publisher_->compare().error().code, Errc::conflict);
  EXPECT_FALSE(gate_.is_open());
  exchange_leaf(1, right);
  ASSERT_TRUE(publisher_->compare().has_value());
  EXPECT_TRUE(gate_.is_open());
}

TEST_F(LongLog, AnOldEntryThatIsMissingClosesTheGateBehindTheStart) {
  ASSERT_TRUE(database_
                  ->write([](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run({"DELETE FROM log_entry WHERE idx = 5"}, {}));
                    return ok();
                  })
                  .has_value());
  start();
  ASSERT_TRUE(started_.has_value()) << started_.error().text();
  EXPECT_EQ(compare_rest().error().code, Errc::corrupt);
  EXPECT_FALSE(gate_.is_open());
}

TEST_F(Publisher, ADatabaseThatBecameOlderClosesTheGate) {
  forget_from(2);
  const auto published = publisher_->publish();
  ASSERT_TRUE(published.has_error());
  EXPECT_EQ(published.error().code, Errc::conflict);
  EXPECT_EQ(gate_.reasons(), std::vector<std::string>{"log: conflict: the database ends at log entry 2, but entries up "
                                                      "to 3 were published: it is older than its log"});
}

TEST_F(Publisher, AnOlderDatabaseStaysRefusedWhenItHasGrownAgain) {
  forget_from(2);
  ASSERT_TRUE(publisher_->publish().has_error());
  const auto refused = write_logged(*database_, clock_, [](LoggedUnit& unit) -> Result<void> {
    TRYV(unit.log(log::RetentionEntry{.at = now, .what = "visits", .period = 20'001}));
    return ok();
  });
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  // Another node that never saw the published log may append all the same.
  const auto grown = database_->write([](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run({"INSERT INTO log_entry (idx, leaf) VALUES (2, $1), (3, $1)"}, {as_bytes("another")}));
    TRYV(transaction.run({"UPDATE log_head SET next = 4 WHERE id = 0"}, {}));
    return ok();
  });
  ASSERT_TRUE(grown.has_value()) << grown.error().text();
  EXPECT_EQ(publisher_->publish().error().code, Errc::conflict);
  EXPECT_EQ(publisher_->compare().error().code, Errc::conflict);
  EXPECT_EQ(gate_.reasons(),
            std::vector<std::string>{"log: conflict: the database's entries are not those that were published"});
  EXPECT_EQ(publisher_->published_size(), 3U);
}

TEST_F(Publisher, ComparingFindsOneOtherEntryAndTakesTheRightOnesBack) {
  std::string right;
  ASSERT_TRUE(database_
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run({"SELECT leaf FROM log_entry WHERE idx = 0"}, {},
                                         [&](const store::Row& row) { right = as_text(row.bytes(0)); }));
                    return ok();
                  })
                  .has_value());
  exchange_leaf(0, "another");
  const auto compared = publisher_->compare();
  ASSERT_TRUE(compared.has_error());
  EXPECT_EQ(compared.error().code, Errc::conflict);
  EXPECT_FALSE(gate_.is_open());
  EXPECT_EQ(publisher_->publish().error().code, Errc::conflict) << "only a comparison takes it back";
  exchange_leaf(0, right);
  ASSERT_TRUE(publisher_->compare().has_value());
  EXPECT_TRUE(gate_.is_open());
  append(1);
  EXPECT_EQ(publisher_->publish().value().size, 4U);
}

TEST_F(Publisher, StatusTellsWhatIsPublishedCommittedAndRemembered) {
  const auto checkpoint = publisher_->publish();
  ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().text();
  clock_.advance(seconds{30});
  append(2);
  const auto status = publisher_->status();
  ASSERT_TRUE(status.has_value()) << status.error().text();
  EXPECT_EQ(status.value().checkpoint, checkpoint.value());
  EXPECT_EQ(status.value().checkpoint.size, 3U);
  EXPECT_EQ(status.value().signed_at, now);
  EXPECT_EQ(status.value().committed, 5U);
  EXPECT_EQ(status.value().anchor_size, 3U);
  EXPECT_EQ(status.value().anchor_root, checkpoint.value().root);
}

TEST_F(Publisher, ExportsAreWholeWhileMoreIsPublished) {
  append(250);  // so that a partial bundle becomes full, and its partial states go, while it is copied
  ASSERT_TRUE(publisher_->publish().has_value());
  std::atomic<bool> enough{false};
  std::atomic<int> failures{0};
  std::jthread writer{[&] {
    while (!enough) {
      append(1);
      if (publisher_->publish().has_error()) ++failures;
    }
  }};
  std::uint64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    const auto folder = folder_.file("export" + std::to_string(i));
    const auto exported = publisher_->export_to(folder);
    if (exported.has_error()) {
      ADD_FAILURE() << exported.error().text();
      break;
    }
    const auto report =
        log::verify_export(store::export_folder(folder), {.key = log_key().public_key(), .partner = {}});
    EXPECT_TRUE(report.has_value()) << report.error().text();
    EXPECT_GE(exported.value().size, last);
    last = exported.value().size;
  }
  enough = true;
  writer.join();
  EXPECT_EQ(failures, 0);
  EXPECT_GT(last, 253U);
}

}  // namespace
}  // namespace lindung::service
