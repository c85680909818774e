// Contacts over real stores: who becomes black by whom, what is told and shown, and what a kill leaves.
#include "service/contact_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/question.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/canaries.h"
#include "service/contact_facts.h"
#include "service/contact_world.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/retention.h"
#include "service/visit_index.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::service {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

class ContactCases : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    place_.emplace(GetParam());
  }
  ContactWorld& at() { return *place_; }
  Moment now() { return place_->world.clock.now(); }
  // Of now, signed in by some laboratory.
  domain::Record positive_naat() {
    const domain::BatchId batch{crypto::random_bytes<16>()};
    return {.id = domain::record_id(batch, "Observation/1"),
            .issuer = IssuerId{"lab"},
            .batch = batch,
            .entered_at = now(),
            .fact = domain::Test{.at = now(), .kind = domain::TestKind::naat, .result = domain::TestResult::positive}};
  }
  void wait(seconds by) { place_->world.clock.advance(by); }
  std::optional<ContactWorld> place_;
};
INSTANTIATE_TEST_SUITE_P(Engines, ContactCases, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "Sqlite" : "Postgres";
                         });

TEST_P(ContactCases, TwentyMinutesAtOneVenueTurnAPersonBlackAtTheNextQuestion) {
  const auto code = at().world.add_venue(domain::Category::restaurant, 0);
  const auto ana = at().person();
  const auto budi = at().person();
  at().in(ana, code);
  at().in(budi, code);
  wait(minutes{20});
  at().out(budi, code);
  const auto last = now();
  wait(minutes{40});
  ASSERT_EQ(at().colour(budi), domain::Colour::green);
  const auto done = at().trace(ana.citizen, now());
  EXPECT_EQ(done.state, TraceState::done);
  EXPECT_EQ(at().colour(budi), domain::Colour::black);
  EXPECT_EQ(at().ask(budi, domain::Operation::check_in, code).outcome, domain::Outcome::deny);
  EXPECT_EQ(at().contacts(budi.citizen), std::vector{last});
  EXPECT_EQ(at().records(budi.citizen).front().issuer.value(), trace_issuer);
  EXPECT_TRUE(at().contacts(ana.citizen).empty()) << "the case is no contact of itself";
  ASSERT_EQ(at().told.size(), 1U);
  EXPECT_EQ(at().told.front().first, budi.citizen);
  EXPECT_NE(at().told.front().second.find("On 2026-11-21 (WIB)"), std::string::npos);
}

TEST_P(ContactCases, LessThanTheMinimumAnotherVenueOrAnotherTimeChangesNothing) {
  const auto code = at().world.add_venue(domain::Category::restaurant, 0);
  const auto other = at().world.add_venue(domain::Category::restaurant, 0);
  const auto ana = at().person();
  const auto brief = at().person();
  const auto elsewhere = at().person();
  const auto later = at().person();
  at().in(ana, code);
  at().in(elsewhere, other);
  wait(minutes{10});
  at().in(brief, code);
  wait(minutes{10});
  at().out(ana, code);
  at().in(later, code);
  wait(minutes{60});
  const auto done = at().trace(ana.citizen, now());
  EXPECT_EQ(done.state, TraceState::done);
  for (const auto& person : {brief, elsewhere, later}) {
    EXPECT_EQ(at().colour(person), domain::Colour::green);
    EXPECT_TRUE(at().contacts(person.citizen).empty());
  }
  EXPECT_TRUE(at().told.empty());
}

TEST_P(ContactCases, OutsideOfTheInfectiousTimeNobodyIsReached) {
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  const auto early = at().person();
  const auto inside = at().person();
  const auto begin = now() - days{3};
  at().stayed(ana.citizen, venue, begin - hours{5}, begin - hours{4});
  at().stayed(early.citizen, venue, begin - hours{5}, begin - hours{4});
  at().stayed(ana.citizen, venue, begin + hours{1}, begin + hours{2});
  at().stayed(inside.citizen, venue, begin + hours{1}, begin + hours{2});
  at().trace(ana.citizen, begin + days{2});
  EXPECT_TRUE(at().contacts(early.citizen).empty());
  EXPECT_EQ(at().contacts(inside.citizen), std::vector{begin + hours{2}});
}

TEST_P(ContactCases, AStayThatNobodyEndedLastsUntilItIsDueAndMidnightDividesNobody) {
  const auto code = at().world.add_venue(domain::Category::restaurant, 0);  // six hours at most
  const auto ana = at().person();
  const auto budi = at().person();
  const auto too_late = at().person();
  wait(hours{11});
  at().in(ana, code);  // 23:00
  const auto due = now() + hours{6};
  wait(hours{5} + minutes{40});
  at().in(budi, code);  // 04:40 of the next day, 20 minutes before it is due
  wait(minutes{10});
  at().in(too_late, code);
  wait(hours{7});
  at().trace(ana.citizen, now());
  EXPECT_EQ(at().contacts(budi.citizen), std::vector{due});
  EXPECT_TRUE(at().contacts(too_late.citizen).empty());
}

TEST_P(ContactCases, WhatIsStillGoingOnCountsUntilNow) {
  const auto code = at().world.add_venue(domain::Category::restaurant, 0);
  const auto ana = at().person();
  const auto budi = at().person();
  at().in(ana, code);
  at().in(budi, code);
  wait(minutes{14});
  at().trace(ana.citizen, now(), "one");
  EXPECT_TRUE(at().contacts(budi.citizen).empty());
  wait(minutes{2});
  at().trace(ana.citizen, now(), "two");
  EXPECT_EQ(at().contacts(budi.citizen), std::vector{now()});
}

TEST_P(ContactCases, AForgottenDayIsCountedAsMissingAndReachesNobody) {
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  const auto gone = at().person();
  const auto kept = at().person();
  const auto forgotten = now() - days{2};
  for (const auto& citizen : {ana.citizen, gone.citizen}) {
    at().stayed(citizen, venue, forgotten, forgotten + hours{1});
  }
  for (const auto& citizen : {ana.citizen, kept.citizen}) {
    at().stayed(citizen, venue, now() - hours{20}, now() - hours{19});
  }
  ASSERT_TRUE(build_visit_index(*at().world.platform, 10).has_value());
  ASSERT_TRUE(run_retention(*at().world.platform, days{1}).has_value());
  const auto done = at().trace(ana.citizen, now() - hours{12});
  EXPECT_EQ(done.figures.days, 3U);          // from two days before midnight to noon
  EXPECT_EQ(done.figures.days_missing, 1U);  // one day behind today is kept
  EXPECT_TRUE(at().contacts(gone.citizen).empty());
  EXPECT_EQ(at().contacts(kept.citizen), std::vector{now() - hours{19}});
}

TEST_P(ContactCases, ACaseWhoseTimeIsForgottenIsNeitherQueuedNorStarted) {
  const auto ana = at().person();
  wait(days{15});
  ASSERT_TRUE(run_retention(*at().world.platform, days{1}).has_value());
  const auto old = now() - days{12};
  const auto started =
      start_trace(*at().world.platform, {.citizen = ana.citizen, .at = old, .case_number = "JKT-1", .command = {}});
  ASSERT_TRUE(started.has_error());
  EXPECT_EQ(started.error().code, Errc::invalid_argument);
  ASSERT_TRUE(at().world.database->write([&](store::Transaction& transaction) {
    return queue_trace(transaction, *at().world.ring, ana.citizen, old, domain::RecordId{}, now());
  }));
  EXPECT_TRUE(list_traces(*at().world.platform).value().empty());
}

TEST_P(ContactCases, AnOrderOfAnotherShapeIsRefused) {
  const auto ana = at().person();
  const auto refused = [&](const TraceOrder& order) {
    const auto started = start_trace(*at().world.platform, order);
    return started.has_error() ? started.error().code : Errc::io;
  };
  const CitizenRef nobody{crypto::random_bytes<16>()};
  EXPECT_EQ(refused({.citizen = nobody, .at = now(), .case_number = "1", .command = {}}), Errc::not_found);
  EXPECT_EQ(refused({.citizen = ana.citizen, .at = now(), .case_number = "", .command = {}}), Errc::invalid_argument);
  EXPECT_EQ(refused({.citizen = ana.citizen, .at = now(), .case_number = std::string(65, 'x'), .command = {}}),
            Errc::invalid_argument);
  EXPECT_EQ(refused({.citizen = ana.citizen, .at = now() + seconds{1}, .case_number = "1", .command = {}}),
            Errc::invalid_argument);
}

// A database that takes so many writes and then no more, as a killed program.
class DyingDatabase final : public store::Database {
 public:
  DyingDatabase(store::Database& real, int writes) : real_{real}, writes_{writes} {}
  [[nodiscard]] store::Engine engine() const noexcept override { return real_.engine(); }
  [[nodiscard]] Result<store::Migrated> migrate() override { return real_.migrate(); }
  void submit(store::Unit unit, store::Completion done) override {
    if (writes_-- <= 0) {
      done(fail(Errc::unavailable, "killed"));
      return;
    }
    real_.submit(std::move(unit), std::move(done));
  }
  [[nodiscard]] Result<void> read(const store::Unit& unit) override { return real_.read(unit); }
  [[nodiscard]] bool is_ready() override { return real_.is_ready(); }
  [[nodiscard]] Result<std::int64_t> clock_s() override { return real_.clock_s(); }
  [[nodiscard]] store::StoreCounters counters() const override { return real_.counters(); }
  void require_log(std::uint64_t size) noexcept override { real_.require_log(size); }
  [[nodiscard]] Result<void> backup(const std::string& folder) override { return real_.backup(folder); }

 protected:
  [[nodiscard]] Result<void> run_alone(store::Sql sql, std::initializer_list<store::Param> params,
                                       const std::function<void(const store::Row&)>& row) override {
    return real_.ask(sql, params, row);
  }
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept override { return std::chrono::seconds{30}; }

 private:
  store::Database& real_;
  int writes_;
};

TEST_P(ContactCases, KilledHalfWayAndRepeatedEveryoneHasOneFactAndOneNotice) {
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  const auto from = now() - hours{3};
  std::vector<CitizenRef> others;
  for (int i = 0; i < 25; ++i) others.push_back(at().world.add_citizen(domain::Colour::green, true));
  at().stayed(ana.citizen, venue, from, from + hours{1});
  for (const auto& other : others) at().stayed(other, venue, from, from + hours{1});
  const auto id = at().start(ana.citizen, now());
  const auto with_fact = [&] {
    return std::ranges::count_if(others, [&](const CitizenRef& each) { return !at().contacts(each).empty(); });
  };
  int kills = 0;
  for (int writes = 1; at().listing(id).state != TraceState::done; ++writes) {
    ASSERT_LT(writes, 10);
    DyingDatabase dying{*at().world.database, writes};
    Platform platform{.database = dying,
                      .ring = *at().world.ring,
                      .clock = at().world.clock,
                      .directory = at().world.directory,
                      .venues = at().world.venues,
                      .in_flight = at().world.in_flight,
                      .canaries = at().world.canaries};
    const auto worked = at().work(platform, {});
    if (worked.has_error()) {
      EXPECT_EQ(worked.error().code, Errc::unavailable) << worked.error().text();
      ++kills;
      EXPECT_EQ(with_fact(), std::min(25, (writes - 1) * 10)) << "one write announces, each other one is ten people";
    }
  }
  EXPECT_GE(kills, 3);
  for (const auto& other : others) EXPECT_EQ(at().contacts(other).size(), 1U);
  EXPECT_EQ(at().told.size(), others.size());
  EXPECT_EQ(at().listing(id).figures.facts, 25U);
  std::size_t announced = 0;
  for (const auto& entry : at().world.log_entries()) {
    const auto* officer = std::get_if<log::OfficerEntry>(&entry);
    announced += officer != nullptr && officer->action == "contacts-case" ? 1 : 0;
  }
  EXPECT_EQ(announced, 1U);
  ASSERT_TRUE(at().work().has_value()) << "nothing is left to do";
  EXPECT_EQ(at().told.size(), others.size());
}

TEST_P(ContactCases, APositiveNaatQueuesOneTraceHoweverOftenItIsImported) {
  const auto code = at().world.add_venue(domain::Category::restaurant, 0);
  const auto ana = at().person();
  const auto budi = at().person();
  at().in(ana, code);
  at().in(budi, code);
  wait(minutes{30});
  const auto positive = positive_naat();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(at().world.database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, open_person(transaction, *at().world.ring, ana.citizen));
      TRYV(put_record(transaction, person, positive, 0));
      return queue_trace(transaction, *at().world.ring, ana.citizen, domain::moment_of(positive.fact), positive.id,
                         now());
    }));
    ASSERT_TRUE(at().work().has_value());
  }
  const auto traces = list_traces(*at().world.platform);
  ASSERT_TRUE(traces.has_value());
  ASSERT_EQ(traces.value().size(), 1U);
  EXPECT_EQ(traces.value().front().cause, TraceCause::confirmed);
  EXPECT_EQ(at().colour(budi), domain::Colour::black);
  EXPECT_EQ(at().told.size(), 1U);
  const auto entry = at().world.log_entries().at(traces.value().front().log_index);
  EXPECT_EQ(std::get<log::OfficerEntry>(entry).action, "contacts-confirmed");
}

TEST_P(ContactCases, ACaseWhoseRecordWasUndoneMeanwhileReachesNobody) {
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  const auto budi = at().person();
  for (const auto& citizen : {ana.citizen, budi.citizen}) at().stayed(citizen, venue, now() - hours{3}, now());
  ASSERT_TRUE(at().world.database->write([&](store::Transaction& transaction) {
    return queue_trace(transaction, *at().world.ring, ana.citizen, now(), domain::RecordId{crypto::random_bytes<16>()},
                       now());
  }));
  ASSERT_TRUE(at().work().has_value());
  EXPECT_EQ(list_traces(*at().world.platform).value().front().state, TraceState::withdrawn);
  EXPECT_TRUE(at().contacts(budi.citizen).empty());
}

TEST_P(ContactCases, WhatATraceWroteIsTakenBackWithTheRecordThatConfirmedItsCase) {
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  const auto budi = at().person();
  const auto citra = at().person();
  for (const auto& person : {ana, budi, citra}) at().stayed(person.citizen, venue, now() - hours{3}, now());
  const auto positive = positive_naat();
  const auto write = [&](auto step) {
    const auto done = at().world.database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, open_person(transaction, *at().world.ring, ana.citizen));
      return step(transaction, person);
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  };
  write([&](store::Transaction& transaction, const OpenPerson& person) -> Result<void> {
    TRYV(put_record(transaction, person, positive, 0));
    return queue_if_confirmed(transaction, *at().world.ring, person.citizen, positive, now());
  });
  ASSERT_TRUE(at().work().has_value());
  ASSERT_EQ(at().colour(budi), domain::Colour::black);
  // Citra was near another case as well, which stands.
  ASSERT_EQ(at().trace(budi.citizen, now(), "JKT-2").state, TraceState::done);
  ASSERT_EQ(at().contacts(citra.citizen).size(), 2U);
  at().told.clear();
  write([&](store::Transaction& transaction, const OpenPerson& person) -> Result<void> {
    TRYV(end_record(transaction, person, positive.id, 1));
    return withdraw_if_confirmed(transaction, *at().world.ring, person.citizen, positive, now());
  });
  ASSERT_TRUE(at().work().has_value());
  EXPECT_EQ(at().colour(budi), domain::Colour::red) << "nothing else is on record";
  EXPECT_EQ(at().colour(citra), domain::Colour::black) << "by the case that stands";
  EXPECT_EQ(at().contacts(citra.citizen).size(), 1U);
  ASSERT_EQ(at().told.size(), 2U);
  EXPECT_NE(at().told.front().second.find("taken back"), std::string::npos);
  const auto traces = list_traces(*at().world.platform).value();
  EXPECT_EQ(std::ranges::count(traces, TraceState::withdrawn, &TraceListing::state), 1);
  std::size_t logged = 0;
  for (const auto& entry : at().world.log_entries()) {
    const auto* officer = std::get_if<log::OfficerEntry>(&entry);
    logged += officer != nullptr && officer->action == "contacts-withdrawn" ? 1 : 0;
  }
  EXPECT_EQ(logged, 1U);
  ASSERT_TRUE(at().work().has_value()) << "nothing is left to do";
  EXPECT_EQ(at().told.size(), 2U);
}

TEST_P(ContactCases, CanariesAndTheErasedGetNoFact) {
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  const auto erased = at().person();
  ASSERT_TRUE(plant_canary(*at().world.platform, at().partner.partner).has_value());
  CitizenRef canary;
  ASSERT_TRUE(at().world.database->read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM canary"}, {},
                         [&](const store::Row& row) { canary = CitizenRef{take<16>(row.bytes(0))}; }));
    return ok();
  }));
  for (const auto& citizen : {ana.citizen, erased.citizen, canary}) {
    at().stayed(citizen, venue, now() - hours{3}, now() - hours{2});
  }
  ASSERT_TRUE(at().world.database->write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM citizen WHERE citizen_ref = $1"}, {erased.citizen.bytes()}));
    return ok();
  }));
  const auto made_up = at().records(canary);  // a contact may be among them
  EXPECT_EQ(at().trace(ana.citizen, now()).state, TraceState::done);
  EXPECT_EQ(at().records(canary), made_up);
  EXPECT_TRUE(at().told.empty());
}

TEST_P(ContactCases, FiguresAreCoarseAndTheCaseIsForgottenWhenItIsDone) {
  EXPECT_EQ(coarse(0), 0U);
  EXPECT_EQ(coarse(4), 0U);
  EXPECT_EQ(coarse(5), 5U);
  EXPECT_EQ(coarse(14), 10U);
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  at().stayed(ana.citizen, venue, now() - hours{3}, now() - hours{2});
  for (int i = 0; i < 7; ++i) {
    at().stayed(at().world.add_citizen(domain::Colour::green, true), venue, now() - hours{3}, now() - hours{2});
  }
  const auto done = at().trace(ana.citizen, now());
  EXPECT_EQ(done.figures.persons, 5U);
  EXPECT_EQ(done.figures.facts, 5U);
  EXPECT_EQ(done.figures.venues, 0U);
  EXPECT_NE(done.log_index, 0U);
}

TEST_P(ContactCases, TheDatabaseDoesNotTellWhichRecordsAreOfOneTrace) {
  const VenueId venue{crypto::random_bytes<16>()};
  const auto ana = at().person();
  at().stayed(ana.citizen, venue, now() - hours{3}, now() - hours{2});
  std::vector<CitizenRef> others;
  for (int i = 0; i < 6; ++i) others.push_back(at().world.add_citizen(domain::Colour::green, true));
  for (const auto& other : others) at().stayed(other, venue, now() - hours{3}, now() - hours{2});
  at().trace(ana.citizen, now());
  std::set<domain::BatchId> batches;
  for (const auto& other : others) {
    const auto records = at().records(other);
    ASSERT_EQ(records.size(), 1U);
    batches.insert(records.front().batch);
  }
  EXPECT_EQ(batches.size(), others.size());
}

}  // namespace
}  // namespace lindung::service
