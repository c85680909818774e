// The hot path's repository on both engines: what a batch writes is what the next one reads, in loops and in arrays.
#include "store/exchange_rows.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/schema.h"
#include "support/test_store.h"

namespace lindung::store {
namespace {

class ExchangeRowsContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    place_ = std::make_unique<testing::Place>(GetParam());
    auto opened = place_->open(migrations());
    ASSERT_FALSE(opened.has_error()) << opened.error().text();
    database_ = std::move(opened).value();
    ASSERT_FALSE(database_->migrate().has_error());
  }
  void write(const std::function<Result<void>(ExchangeRows&)>& work) {
    const auto written = database_->write([&](Transaction& transaction) -> Result<void> {
      ExchangeRows rows{transaction};
      return work(rows);
    });
    EXPECT_FALSE(written.has_error()) << written.error().text();
  }

  std::unique_ptr<testing::Place> place_;
  std::unique_ptr<Database> database_;
};

template <std::size_t N>
Bytes blob() {
  return to_bytes(crypto::random_bytes<N>());
}

TEST_P(ExchangeRowsContract, RecordedAnswersAreFoundInTheirOrderAcrossHours) {
  std::vector<AnsweredKey> keys;
  std::vector<ExchangeRows::NewAnswered> rows;
  for (std::uint32_t i = 0; i < 40; ++i) {
    keys.push_back({.hour = Hour{498'000 + i % 3},
                    .partner = PartnerId{i % 2 == 0 ? "gojek" : "grab"},
                    .request = RequestId{crypto::random_bytes<16>()}});
    if (i % 5 == 0) continue;  // never recorded
    rows.push_back({.key = keys.back(),
                    .row = {.question_mac = crypto::random_bytes<32>(),
                            .log_index = i,
                            .leaf_hash = crypto::random_bytes<32>(),
                            .sealed = blob<180>()}});
  }
  write([&](ExchangeRows& at) -> Result<void> {
    TRY(before, at.answered(keys));  // makes the tables of the hours
    for (const auto& row : before) EXPECT_FALSE(row.has_value());
    return at.put_answered(rows);
  });
  write([&](ExchangeRows& at) -> Result<void> {
    TRY(found, at.answered(keys));
    std::size_t next = 0;
    for (std::uint32_t i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(found[i].has_value(), i % 5 != 0) << i;
      if (!found[i]) continue;
      const auto& expected = rows[next++].row;
      EXPECT_EQ(found[i]->log_index, expected.log_index);
      EXPECT_EQ(found[i]->question_mac, expected.question_mac);
      EXPECT_EQ(found[i]->leaf_hash, expected.leaf_hash);
      EXPECT_EQ(found[i]->sealed, expected.sealed);
    }
    return ok();
  });
}

TEST_P(ExchangeRowsContract, TokensAreOfferedOnceAndBegunOnce) {
  const TokenKey old_key{.partner = PartnerId{"gojek"}, .index = crypto::random_bytes<32>()};
  const TokenKey new_key{.partner = PartnerId{"gojek"}, .index = crypto::random_bytes<32>()};
  const auto at = moment_of(1'795'262'400);
  const TokenRow old_row{.citizen = CitizenRef{crypto::random_bytes<16>()},
                         .link = LinkId{crypto::random_bytes<16>()},
                         .state = TokenState::current,
                         .born_at = at,
                         .dies_at = std::nullopt,
                         .follows = std::nullopt};
  auto new_row = old_row;
  new_row.state = TokenState::offered;
  new_row.follows = old_key.index;
  const std::vector<ExchangeRows::NewToken> both{{.key = old_key, .row = old_row}, {.key = new_key, .row = new_row}};
  const std::vector<TokenKey> keys{new_key, {.partner = PartnerId{"grab"}, .index = old_key.index}, old_key};
  write([&](ExchangeRows& rows) { return rows.offer_tokens(both); });
  write([&](ExchangeRows& rows) {
    return rows.begin_token(new_key, at + seconds{60}, old_key.index, at + std::chrono::hours{24});
  });
  write([&](ExchangeRows& rows) { return rows.offer_tokens(both); });  // changes nothing any more
  write([&](ExchangeRows& rows) -> Result<void> {
    TRY(found, rows.tokens(keys));
    EXPECT_EQ(found[0]->state, TokenState::current);
    EXPECT_EQ(found[0]->born_at, at + seconds{60});
    EXPECT_EQ(found[0]->follows, old_key.index);
    EXPECT_FALSE(found[1].has_value()) << "another partner's";
    EXPECT_EQ(found[2]->state, TokenState::replaced);
    EXPECT_EQ(found[2]->dies_at, at + std::chrono::hours{24});
    EXPECT_EQ(found[2]->citizen, old_row.citizen);
    EXPECT_EQ(found[2]->link, old_row.link);
    return ok();
  });
}

TEST_P(ExchangeRowsContract, PeopleComeWithTheirTimelineOfTheGenerationAndTheirOpenVisit) {
  std::vector<CitizenRef> refs;
  std::vector<ExchangeRows::NewOpenVisit> visits;
  const auto sealed = blob<69>();
  write([&](ExchangeRows& rows) -> Result<void> {
    refs.clear();
    visits.clear();
    for (int i = 0; i < 5; ++i) refs.emplace_back(crypto::random_bytes<16>());
    visits.push_back({.citizen = refs[1], .due_at = moment_of(10), .sealed = blob<10>()});
    visits.push_back({.citizen = refs[2], .due_at = moment_of(20), .sealed = sealed});
    return rows.put_open_visits(visits);
  });
  EXPECT_FALSE(
      database_
          ->write([&](Transaction& transaction) -> Result<void> {
            for (std::size_t i = 0; i < 4; ++i) {  // the fifth does not exist
              TRYV(transaction.run(Sql{"INSERT INTO citizen (citizen_ref, wrapped_key, created_at) VALUES ($1, $2, 0)"},
                                   {refs[i].bytes(), BytesView{sealed}}));
              TRYV(transaction.run(Sql{"INSERT INTO timeline (citizen_ref, generation, sealed) VALUES ($1, $2, $3)"},
                                   {refs[i].bytes(), std::int64_t{i == 3 ? 2 : 1}, BytesView{sealed}}));
            }
            return ok();
          })
          .has_error());
  visits[0].sealed = std::nullopt;
  write([&](ExchangeRows& rows) { return rows.put_open_visits(visits); });
  write([&](ExchangeRows& rows) -> Result<void> {
    const std::vector<CitizenRef> asked{refs[4], refs[3], refs[2], refs[1], refs[0], refs[2]};
    TRY(found, rows.people(asked, 1));
    EXPECT_FALSE(found[0].has_value());
    EXPECT_FALSE(found[1].has_value()) << "a timeline of another generation";
    EXPECT_EQ(found[2]->open_visit, sealed);
    EXPECT_FALSE(found[3]->open_visit.has_value()) << "a visit that was ended";
    EXPECT_FALSE(found[4]->open_visit.has_value());
    EXPECT_EQ(found[5]->open_visit, sealed) << "asked for twice in one batch";
    EXPECT_EQ(found[4]->timeline, sealed);
    return ok();
  });
}

TEST_P(ExchangeRowsContract, CountsAreReplacedAndFoundInOrder) {
  std::vector<LinkId> links;
  std::vector<VenueId> venues;
  for (int i = 0; i < 3; ++i) {
    links.emplace_back(crypto::random_bytes<16>());
    venues.emplace_back(crypto::random_bytes<16>());
  }
  write([&](ExchangeRows& rows) -> Result<void> {
    TRYV(rows.put_quotas(
        std::vector<ExchangeRows::NewQuota>{{.link = links[0], .row = {.day = 1, .bare = 2, .at_venue = 3}},
                                            {.link = links[2], .row = {.day = 4, .bare = 5, .at_venue = 6}}}));
    TRYV(rows.put_quotas(
        std::vector<ExchangeRows::NewQuota>{{.link = links[0], .row = {.day = 7, .bare = 8, .at_venue = 9}}}));
    return rows.put_occupancy(venues[1], 42);
  });
  write([&](ExchangeRows& rows) -> Result<void> {
    TRY(quotas, rows.quotas(links));
    EXPECT_EQ(quotas[0]->day, 7U);
    EXPECT_EQ(quotas[0]->at_venue, 9U);
    EXPECT_FALSE(quotas[1].has_value());
    EXPECT_EQ(quotas[2]->bare, 5U);
    TRY(inside, rows.occupancy(venues));
    EXPECT_EQ(inside, (std::vector<std::uint64_t>{0, 42, 0}));
    return ok();
  });
}

TEST_P(ExchangeRowsContract, EvidenceAndVisitsGoIntoTheTablesOfTheirDays) {
  const std::vector<ExchangeRows::NewEvidence> evidence{{.day = Day{20'778}, .log_index = 1, .sealed = blob<290>()},
                                                        {.day = Day{20'779}, .log_index = 2, .sealed = blob<290>()},
                                                        {.day = Day{20'778}, .log_index = 3, .sealed = blob<290>()}};
  const std::vector<ExchangeRows::NewVisitEvent> visits{
      {.day = Day{20'778}, .log_index = 1, .part = 0, .tag = crypto::random_bytes<16>(), .sealed = blob<77>()},
      {.day = Day{20'778}, .log_index = 1, .part = 1, .tag = crypto::random_bytes<16>(), .sealed = blob<77>()}};
  write([&](ExchangeRows& rows) -> Result<void> {
    TRYV(rows.put_evidence(evidence));
    return rows.put_visit_events(visits);
  });
  const auto read = database_->read([&](Transaction& transaction) -> Result<void> {
    TRY(days, list_periods(transaction, PeriodTable::evidence));
    EXPECT_EQ(days, (std::vector<std::uint64_t>{20'778, 20'779}));
    TRY(rows, transaction.run(period_sql("SELECT log_index FROM evidence_{p}", 20'778), {}));
    EXPECT_EQ(rows, 2U);
    TRY(events, transaction.run(period_sql("SELECT part FROM visit_{p}", 20'778), {}));
    EXPECT_EQ(events, 2U);
    return ok();
  });
  EXPECT_FALSE(read.has_error()) << read.error().text();
}

INSTANTIATE_TEST_SUITE_P(Engines, ExchangeRowsContract, ::testing::Values(Engine::sqlite, Engine::postgresql),
                         [](const auto& engine) { return engine.param == Engine::sqlite ? "SQLite" : "PostgreSQL"; });

}  // namespace
}  // namespace lindung::store
