// The exchange over a real store: threads, cut, withdrawal, rotation, occupancy and retention.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
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
#include "domain/link_token.h"
#include "domain/question.h"
#include "gateway/envelope.h"
#include "gateway/partner_client.h"
#include "log/entry.h"
#include "service/install.h"
#include "service/links.h"
#include "service/partners.h"
#include "service/retention.h"
#include "service/visit.h"
#include "service/visit_sweep.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/period_table.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::Outcome;

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

domain::Question status_of(const domain::LinkToken& token, Moment now) {
  return {.operation = domain::Operation::status,
          .request_id = RequestId{crypto::random_bytes<16>()},
          .token = token,
          .client_time = now,
          .venue_code = {}};
}

domain::Question at_door(domain::Operation operation, const domain::LinkToken& token, Moment now, const Bytes& code) {
  auto question = status_of(token, now);
  question.operation = operation;
  question.venue_code = code;
  return question;
}

class ExchangeTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  gateway::PartnerIdentity partner_ = world_.add_partner("gojek");

  Result<domain::Answer> ask(const domain::Question& question) { return ask(partner_, question); }
  Result<domain::Answer> ask(const gateway::PartnerIdentity& partner, const domain::Question& question) {
    const auto sent = world_.seal(partner, question);
    return world_.ask(sent->request());
  }
  domain::LinkToken green_citizen() {
    return world_.link(partner_.partner, world_.add_citizen(domain::Colour::green, true));
  }

  std::vector<log::Entry> log_entries() {
    std::vector<log::Entry> entries;
    EXPECT_TRUE(world_.database
                    ->read([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(
                          store::Sql{"SELECT leaf FROM log_entry ORDER BY idx"}, {},
                          [&](const store::Row& row) { entries.push_back(log::decode(row.bytes(0)).value()); }));
                      return ok();
                    })
                    .has_value());
    return entries;
  }
};

TEST_F(ExchangeTest, AGreenCitizenIsAllowedAndTheAnswerIsInTheLog) {
  const auto token = green_citizen();
  const auto sent = world_.seal(partner_, status_of(token, world_.clock.now()));
  const auto body = world_.ask_sealed(sent->request());
  ASSERT_TRUE(body.has_value()) << body.error().text();
  const auto answer = gateway::open_answer(partner_, sent->sealed(), body.value());
  ASSERT_TRUE(answer.has_value()) << answer.error().text();  // leaf hash recomputed by the partner's side
  EXPECT_EQ(answer.value().outcome, Outcome::allow);
  EXPECT_EQ(answer.value().colour, domain::Colour::green);
  const auto entries = log_entries();
  ASSERT_LT(answer.value().log_index, entries.size());
  EXPECT_TRUE(std::holds_alternative<log::AnswerEntry>(entries[answer.value().log_index]));
}

TEST_F(ExchangeTest, ThePartnersSideChecksTheLeafOfARepeatedAnswerToo) {
  const auto question = status_of(green_citizen(), world_.clock.now());
  ASSERT_TRUE(ask(question).has_value());
  const auto again = world_.seal(partner_, question);
  auto answer = world_.ask(again->request()).value();
  ASSERT_TRUE(answer.answered_before);
  const auto opened = [&] {
    const auto body = gateway::seal_reply(again->sealed().reply_key, domain::encode(answer));
    return gateway::open_answer(partner_, again->sealed(), body);
  };
  EXPECT_TRUE(opened().has_value());
  answer.colour = domain::Colour::red;
  const auto changed = opened();
  ASSERT_TRUE(changed.has_error());
  EXPECT_EQ(changed.error().code, Errc::corrupt);
}

TEST_F(ExchangeTest, TheSameQuestionFromManyThreadsIsAnsweredOnceAndRepeatedToTheOthers) {
  const auto code = world_.add_venue(domain::Category::mall, 10);
  const auto question = at_door(domain::Operation::check_in, green_citizen(), world_.clock.now(), code);
  constexpr std::size_t threads = 8;
  std::vector<std::optional<domain::Answer>> answers(threads);
  std::vector<std::thread> askers;
  for (std::size_t i = 0; i < threads; ++i) {
    askers.emplace_back([&, i] {
      const auto answer = ask(question);
      if (answer.has_value()) answers[i] = answer.value();
    });
  }
  for (auto& asker : askers) asker.join();
  std::size_t first = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->log_index, answers.front()->log_index);
    EXPECT_EQ(answer->leaf_hash, answers.front()->leaf_hash);
    first += answer->answered_before ? 0 : 1;
  }
  EXPECT_EQ(first, 1U);
}

TEST_F(ExchangeTest, AnotherQuestionUnderTheSameRequestIdIsAConflict) {
  const auto token = green_citizen();
  auto question = status_of(token, world_.clock.now());
  ASSERT_TRUE(ask(question).has_value());
  question.client_time += seconds{1};  // within the same hour, which is the scope of the id
  const auto again = ask(question);
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::replay_conflict);
}

TEST_F(ExchangeTest, NoAnswerFollowsTheCutInTheLogWhateverManyThreadsAsk) {
  const auto token = green_citizen();
  const auto code = world_.add_venue(domain::Category::mall, 0);
  std::atomic<bool> stop{false};
  std::atomic<int> answered{0};
  std::vector<std::thread> askers;
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      while (!stop) {
        const auto answer = ask(at_door(domain::Operation::check_out, token, world_.clock.now(), code));
        if (answer.has_value()) {
          ++answered;
        } else {
          EXPECT_EQ(answer.error().code, Errc::partner_cut);
        }
      }
    });
  }
  while (answered < 20) std::this_thread::yield();
  const auto report = cut_partner(*world_.platform, partner_.partner);
  ASSERT_TRUE(report.has_value()) << report.error().text();
  const auto after = ask(status_of(token, world_.clock.now()));
  stop = true;
  for (auto& asker : askers) asker.join();
  ASSERT_TRUE(after.has_error());
  EXPECT_EQ(after.error().code, Errc::partner_cut);
  EXPECT_EQ(after.error().number, report.value().log_index);
  EXPECT_TRUE(report.value().until_effective.has_value());
  const auto entries = log_entries();
  for (std::size_t i = report.value().log_index; i < entries.size(); ++i) {
    EXPECT_FALSE(std::holds_alternative<log::AnswerEntry>(entries[i])) << "entry " << i;
  }
}

TEST_F(ExchangeTest, AWithdrawnLinkIsUnlinkedAndItsRecordedAnswerToo) {
  const auto citizen = world_.add_citizen(domain::Colour::green, true);
  const auto token = world_.link(partner_.partner, citizen);
  const auto question = status_of(token, world_.clock.now());
  const auto before = ask(question);
  ASSERT_TRUE(before.has_value());
  ASSERT_EQ(withdraw_links(*world_.platform, partner_.partner, citizen).value(), 1U);
  const auto fresh = ask(status_of(token, world_.clock.now()));
  ASSERT_TRUE(fresh.has_value());
  EXPECT_EQ(fresh.value().outcome, Outcome::unlinked);
  const auto again = ask(question);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again.value().outcome, Outcome::unlinked);
  EXPECT_EQ(again.value().log_index, before.value().log_index);
  EXPECT_EQ(again.value().leaf_hash, before.value().leaf_hash);
}

TEST_F(ExchangeTest, AClockBehindTheLogAnswersNothing) {
  const auto token = green_citizen();
  ASSERT_TRUE(ask(status_of(token, world_.clock.now())).has_value());
  world_.clock.set(moment_of(noon) - seconds{6});
  const auto answer = ask(status_of(token, world_.clock.now()));
  ASSERT_TRUE(answer.has_error());
  EXPECT_EQ(answer.error().code, Errc::unavailable);
}

TEST_F(ExchangeTest, ADeadTokensQuestionIsNobodysAndIsRepeatedAsThat) {
  const auto token = green_citizen();
  const auto alive = status_of(token, world_.clock.now());
  const auto before = ask(alive).value();
  ASSERT_EQ(before.outcome, Outcome::allow);
  ASSERT_TRUE(world_.database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"UPDATE token SET state = $1, dies_at = $2"},
                                         {static_cast<std::int64_t>(store::TokenState::replaced),
                                          static_cast<std::int64_t>(unix_seconds(world_.clock.now()))}));
                    return ok();
                  })
                  .has_value());
  const auto again = ask(alive).value();
  EXPECT_TRUE(again.answered_before);
  EXPECT_EQ(again.outcome, Outcome::allow) << "what was answered while it lived is found";
  const auto dead = status_of(token, world_.clock.now());
  const auto first = ask(dead).value();
  EXPECT_EQ(first.outcome, Outcome::unlinked);
  const auto second = ask(dead).value();
  EXPECT_TRUE(second.answered_before);
  EXPECT_EQ(second.opening, first.opening) << "a repetition is the whole answer, as with a token that never was";
  EXPECT_EQ(second.log_index, first.log_index);
}

TEST_F(ExchangeTest, AnOldTokenOffersTheNextOneAndDiesADayAfterItsFirstUse) {
  const auto token = green_citizen();
  const auto later = [&](std::chrono::hours by) {
    world_.clock.advance(by);
    ASSERT_TRUE(rotate_exchange_keys(*world_.database, *world_.ring, world_.clock).has_value());
    ASSERT_TRUE(world_.exchange_keys.load(*world_.ring).has_value());
  };
  EXPECT_TRUE(all_zero(ask(status_of(token, world_.clock.now())).value().next_token));
  later(std::chrono::days{30});
  const auto offer = ask(status_of(token, world_.clock.now())).value().next_token;
  ASSERT_FALSE(all_zero(offer));
  EXPECT_EQ(ask(status_of(token, world_.clock.now())).value().next_token, offer);  // a retry offers the same
  later(std::chrono::hours{48});  // it never dies before the next one was used
  EXPECT_EQ(ask(status_of(token, world_.clock.now())).value().outcome, Outcome::allow);
  EXPECT_EQ(ask(status_of({offer}, world_.clock.now())).value().outcome, Outcome::allow);
  later(std::chrono::hours{23});
  EXPECT_EQ(ask(status_of(token, world_.clock.now())).value().outcome, Outcome::allow);
  later(std::chrono::hours{1});
  EXPECT_EQ(ask(status_of(token, world_.clock.now())).value().outcome, Outcome::unlinked);
  EXPECT_EQ(ask(status_of({offer}, world_.clock.now())).value().outcome, Outcome::allow);
}

TEST_F(ExchangeTest, OccupancyFollowsCheckInCheckOutAndTheLongestStay) {
  const auto code = world_.add_venue(domain::Category::restaurant, 1);
  const auto one = green_citizen();
  const auto other = green_citizen();
  const auto now = [&] { return world_.clock.now(); };
  EXPECT_EQ(ask(at_door(domain::Operation::check_in, one, now(), code)).value().outcome, Outcome::allow);
  EXPECT_EQ(ask(at_door(domain::Operation::check_in, other, now(), code)).value().outcome, Outcome::venue_full);
  EXPECT_EQ(ask(at_door(domain::Operation::check_in, one, now(), code)).value().outcome, Outcome::allow);
  EXPECT_EQ(ask(at_door(domain::Operation::check_out, one, now(), code)).value().outcome, Outcome::allow);
  EXPECT_EQ(ask(at_door(domain::Operation::check_in, other, now(), code)).value().outcome, Outcome::allow);
  world_.clock.advance(domain::longest_stay(domain::Category::restaurant) + seconds{1});
  EXPECT_EQ(end_overdue_visits(*world_.platform).value(), 1U);
  EXPECT_EQ(end_overdue_visits(*world_.platform).value(), 0U);
  EXPECT_EQ(ask(at_door(domain::Operation::check_in, one, now(), code)).value().outcome, Outcome::allow);
}

TEST_F(ExchangeTest, ForgottenDaysCannotBeReadAnyMoreAndTheLogSaysSo) {
  const auto code = world_.add_venue(domain::Category::mall, 0);
  ASSERT_EQ(ask(at_door(domain::Operation::check_in, green_citizen(), world_.clock.now(), code)).value().outcome,
            Outcome::allow);
  const auto day = day_of(world_.clock.now()).number;
  // While the key lives a row of the day opens: else nothing would be proved by its not opening afterwards.
  const auto key = world_.ring->period_key(store::Ratchet::visit_day, day);
  ASSERT_TRUE(key.has_value());
  std::size_t opened = 0;
  const auto read = world_.database->read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(
        store::period_sql("SELECT log_index, part, sealed FROM visit_{p}", day), {}, [&](const store::Row& row) {
          const auto event = open_visit_event(key.value(), Day{day}, static_cast<std::uint64_t>(row.integer(0)),
                                              static_cast<VisitPart>(row.integer(1)), row.bytes(2));
          opened += event.has_value() ? 1 : 0;
        }));
    return ok();
  });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(opened, 1U);
  world_.clock.advance(std::chrono::days{20});
  const auto report = run_retention(*world_.platform, std::chrono::days{14});
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report.value().visit_days, std::vector<std::uint64_t>{day});
  EXPECT_EQ(report.value().rows_before, 2U);  // one visit, one answer's evidence
  EXPECT_EQ(report.value().rows_readable, 0U);
  EXPECT_EQ(world_.ring->period_key(store::Ratchet::visit_day, day).error().code, Errc::denied);
  const auto entries = log_entries();
  EXPECT_TRUE(std::holds_alternative<log::RetentionEntry>(entries.back()));
}

}  // namespace
}  // namespace lindung::service
