#include "service/exchange.h"

#include <atomic>
#include <cstddef>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "service/asked.h"
#include "service/exchange_batch.h"
#include "service/gate.h"
#include "service/in_flight.h"
#include "service/opened.h"
#include "service/recorded_answer.h"
#include "service/venue_register.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::service {

Exchange::Exchange(ExchangeGround ground, store::Database& database, const VenueRegister& venues, InFlight& in_flight,
                   const Gate& gate, Limits limits)
    : ground_{ground}, database_{database}, venues_{venues}, in_flight_{in_flight}, gate_{gate}, limits_{limits} {}

// What needs no transaction is worked out on the caller's thread: the venue code is verified here, before any link is
// looked up, always (protocol.md section 5).
Result<Asked> Exchange::prepare(Opened<domain::Question>& opened, Reply& reply) const {
  if (!gate_.is_open()) return fail(Errc::unavailable);
  const auto& question = opened.content();
  const auto& asker = opened.asker();
  auto venue = question.venue_code.empty() ? nullptr : venues_.check(question.venue_code, ground_.clock.now());
  TRY(token_index, store::BlindIndex{ground_.ring}.of(
                       {.cls = store::KeyClass::partner_index, .scope = asker.partner.value(), .epoch = asker.epoch},
                       question.token.bytes));
  auto hour_key = ground_.ring.period_key(store::Ratchet::answer_hour, hour_of(question.client_time).number);
  if (hour_key.has_error()) {
    // Older than what retries are remembered for, by a clock other than the one that admitted it.
    if (hour_key.error().code == Errc::denied) return fail(Errc::malformed, "client time");
    return hour_key.error();
  }
  const auto mac = question_mac(hour_key.value(), opened.plaintext());
  auto ticket = in_flight_.enter(asker.partner);
  return Asked{.opened = std::move(opened),
               .venue = std::move(venue),
               .token_index = token_index,
               .question_mac = mac,
               .hour_key = hour_key.value(),
               .ticket = std::move(ticket),
               .reply = std::move(reply)};
}

void Exchange::ask(Opened<domain::Question> opened, Reply reply) {
  questions_.fetch_add(1, std::memory_order_relaxed);
  auto prepared = prepare(opened, reply);
  if (prepared.has_error()) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    const Asked refused{.opened = std::move(opened),
                        .venue = {},
                        .token_index = {},
                        .question_mac = {},
                        .hour_key = {},
                        .ticket = {},
                        .reply = {}};
    reply(prepared.error(), refused);
    return;
  }
  std::unique_lock lock{mutex_};
  if (waiting_.size() >= limits_.queue_max) {
    lock.unlock();
    refused_.fetch_add(1, std::memory_order_relaxed);
    const auto asked = std::move(prepared).value();
    asked.reply(fail(Errc::busy, "", 1), asked);
    return;
  }
  waiting_.push_back(std::move(prepared).value());
  if (!is_committing_) commit_next(std::move(lock));
}

void Exchange::commit_next(std::unique_lock<std::mutex> lock) {
  if (waiting_.empty()) {
    is_committing_ = false;
    return;
  }
  is_committing_ = true;
  std::vector<Asked> questions;
  if (waiting_.size() <= limits_.batch_max) {
    questions.swap(waiting_);
  } else {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(limits_.batch_max);
    questions.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
  }
  lock.unlock();
  auto batch = std::make_shared<ExchangeBatch>(ground_, std::move(questions));
  database_.submit([batch](store::Transaction& transaction) { return batch->run(transaction); },
                   [this, batch](const Result<void>& committed) {
                     // The replies go first: whoever gets one and asks again rides with the next commit, which is
                     // cheaper for all than a disk that never waits.
                     finish(*batch, committed);
                     commit_next(std::unique_lock{mutex_});
                   });
}

void Exchange::finish(ExchangeBatch& batch, const Result<void>& committed) {
  batches_.fetch_add(1, std::memory_order_relaxed);
  auto& questions = batch.questions();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    auto& asked = questions[i];
    Result<domain::Answer> answer =
        committed.has_error() ? Result<domain::Answer>{committed.error()} : std::move(batch.answers()[i]);
    if (answer.has_error()) {
      refused_.fetch_add(1, std::memory_order_relaxed);
      auto& error = answer.error();
      // The wire knows three ways in which a database can fail (protocol.md section 8).
      if (error.code == Errc::database_retry) error = {.code = Errc::busy, .detail = {}, .number = 1};
      if (error.code == Errc::database || error.code == Errc::corrupt || error.code == Errc::io) {
        error = {.code = Errc::unavailable, .detail = {}, .number = {}};
      }
    } else {
      const auto& given = answer.value();
      if (given.answered_before)
        repeated_.fetch_add(1, std::memory_order_relaxed);
      else
        answers_.at(static_cast<std::size_t>(given.outcome)).fetch_add(1, std::memory_order_relaxed);
    }
    asked.reply(std::move(answer), asked);
  }
  // Behind the replies: no answer waits for it, and all questions are looked at alike.
  if (committed.has_value()) ground_.canaries.look(batch.asked_about());
}

ExchangeCounters Exchange::counters() const noexcept {
  ExchangeCounters out;
  for (std::size_t i = 0; i < answers_.size(); ++i) out.answers.at(i) = answers_.at(i).load(std::memory_order_relaxed);
  out.repeated = repeated_.load(std::memory_order_relaxed);
  out.refused = refused_.load(std::memory_order_relaxed);
  out.batches = batches_.load(std::memory_order_relaxed);
  out.questions = questions_.load(std::memory_order_relaxed);
  return out;
}

}  // namespace lindung::service
