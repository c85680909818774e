// A real travel installation in a place of its own: ring, database, rules, keys of days, with a clock that a test
// moves.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/hc1_maker.h"
#include "cert/trust_store.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/travel_card.h"
#include "domain/travel_card_json.h"
#include "log/entry.h"
#include "store/database.h"
#include "store/ring.h"
#include "support/test_store.h"
#include "travel/cards.h"
#include "travel/devices.h"
#include "travel/ground.h"
#include "travel/install.h"
#include "travel/schema.h"

namespace lindung::travel::testing {

using std::chrono::days;
using std::chrono::hours;

// Erika Mustermann flies from Singapore to Jakarta a day after `now`, with her son.
inline domain::TravelCard flight(Moment now) {
  domain::TravelCard card;
  card.journey = {.scope = domain::JourneyScope::international,
                  .mode = domain::TravelMode::air,
                  .carrier = "GA",
                  .number = "GA 825",
                  .origin = "SIN",
                  .destination = "CGK",
                  .departure = now + days{1},
                  .arrival = now + days{1} + hours{2}};
  const auto passport = [](std::string number, std::string given, int year) {
    return domain::TravelDocument{.kind = domain::DocumentKind::passport,
                                  .number = std::move(number),
                                  .issuing_state = "D",
                                  .nationality = "D",
                                  .name = {.family = "MUSTERMANN", .given = std::move(given)},
                                  .birth = {.year = year, .month = 8, .day = 12},
                                  .sex = {},
                                  .expiry = std::chrono::year{2030} / 1 / 31};
  };
  card.people.push_back({.document = passport("C01X00T47", "ERIKA", 1964),
                         .seat = "12A",
                         .guardian = {},
                         .symptoms = {},
                         .certificates = {}});
  card.people.push_back({.document = passport("C01X00T48", "MAX", 2018),
                         .seat = "12B",
                         .guardian = 0U,
                         .symptoms = {},
                         .certificates = {}});
  card.contact = {.address = "Jalan Merdeka 1, Jakarta", .phone = "+628123456789"};
  return card;
}

class TravelTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    place_ = std::make_unique<store::testing::Place>(GetParam());
    const auto path = place_->file("ring");
    ASSERT_TRUE(store::KeyRing::create(path, as_bytes("test"), {.passes = 1, .memory_bytes = 8192}, clock_.now()));
    ring_ = std::move(store::KeyRing::open(path)).value();
    ASSERT_TRUE(ring_->unseal(as_bytes("test")));
    database_ = std::move(place_->open(migrations())).value();
    ASSERT_TRUE(database_->migrate());
    trust_ = std::make_shared<const cert::TrustStore>(cert::trusting({&signer_}));
    ground_ = std::make_unique<Ground>(
        Ground{.database = *database_,
               .ring = *ring_,
               .clock = clock_,
               .rules = rules_,
               .trust = [this]() -> Result<std::shared_ptr<const cert::TrustStore>> { return trust_; }});
    const auto installed = install(*ground_);
    ASSERT_TRUE(installed.has_value()) << installed.error().text();
  }
  void TearDown() override { database_.reset(); }

  [[nodiscard]] const Ground& ground() const { return *ground_; }
  [[nodiscard]] domain::TravelCard card() const { return flight(clock_.now()); }
  FiledCard file(domain::TravelCard card) {
    auto filed = file_card(ground(), crypto::random_bytes<16>(), std::move(card));
    EXPECT_TRUE(filed.has_value()) << filed.error().text();
    return filed.has_value() ? std::move(filed).value() : FiledCard{};
  }
  FiledCard file() { return file(card()); }
  Device device(const std::string& id = "cgk-1", const std::string& port = "CGK") {
    const auto key = crypto::Ed25519PrivateKey::generate();
    const auto added = add_device(ground(), id, port, key.public_key().bytes());
    EXPECT_TRUE(added.has_value()) << added.error().text();
    return find_device(ground(), id).value();
  }
  [[nodiscard]] std::int64_t count(store::Sql sql) const {
    std::int64_t counted = -1;
    EXPECT_TRUE(database_->read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { counted = row.integer(0); }));
      return ok();
    }));
    return counted;
  }
  // The actions of officers' entries, in their order.
  [[nodiscard]] std::vector<std::string> actions() const {
    std::vector<std::string> out;
    for (const auto& entry : entries()) {
      if (const auto* officer = std::get_if<log::OfficerEntry>(&entry)) out.push_back(officer->action);
    }
    return out;
  }
  [[nodiscard]] std::vector<log::Entry> entries() const {
    std::vector<log::Entry> out;
    EXPECT_TRUE(database_->read([&](store::Transaction& transaction) -> Result<void> {
      out.clear();
      TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry ORDER BY idx"}, {},
                           [&](const store::Row& row) { out.push_back(log::decode(row.bytes(0)).value()); }));
      return ok();
    }));
    return out;
  }

  ManualClock clock_{cert::now};
  cert::TestSigner signer_{"DE"};
  std::shared_ptr<const cert::TrustStore> trust_;
  std::unique_ptr<store::testing::Place> place_;
  std::unique_ptr<store::KeyRing> ring_;
  CurrentRules rules_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<Ground> ground_;
};

}  // namespace lindung::travel::testing
