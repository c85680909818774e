#include "service/exchange.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/question.h"
#include "service/asked.h"
#include "service/exchange_batch.h"
#include "service/exchange_watch.h"
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

namespace {
constexpr std::size_t crowd = 8;  // questions of a batch from which on the next one is gathered
}  // namespace

Exchange::Exchange(ExchangeGround ground, store::Database& database, const VenueRegister& venues, InFlight& in_flight,
                   const Gate& gate, Limits limits)
    : ground_{ground}, database_{database}, venues_{venues}, in_flight_{in_flight}, gate_{gate}, limits_{limits} {}

// What needs no transaction is worked out on the caller's thread: the venue code is verified here, before any link is
// looked up, always (protocol.md section 5).
Result<Asked> Exchange::prepare(Opened<domain::Question>& opened, Reply& reply, const InFlight::Ticket& ticket) const {
  if (!gate_.is_open() || !ticket.may_leave(ground_.clock.since_boot())) return fail(Errc::unavailable);
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
  return Asked{.opened = std::move(opened),
               .venue = std::move(venue),
               .token_index = token_index,
               .question_mac = mac,
               .hour_key = hour_key.value(),
               .ticket = ticket,
               .reply = std::move(reply)};
}

// What a bundle's questions wait in until the last of them is answered, in one thread.
class Exchange::Bundle {
 public:
  Bundle(BundleReply reply, InFlight::Ticket ticket) : reply_{std::move(reply)}, ticket_{std::move(ticket)} {}

  void expect(const RequestId& request) {
    answers_.push_back({.request_id = request, .answer = domain::Answer{}});  // until put()
  }
  void put(std::size_t place, Result<domain::Answer> answer) {
    if (answer.has_error() && !domain::is_of_one_slot(answer.error().code) && !failed_) failed_ = answer.error();
    answers_[place].answer = std::move(answer);
  }
  void reply() {
    if (failed_) {
      reply_(std::move(*failed_), ticket_);
    } else {
      reply_(std::move(answers_), ticket_);
    }
  }

 private:
  BundleReply reply_;
  InFlight::Ticket ticket_;
  std::vector<domain::BundledAnswer> answers_;
  std::optional<Error> failed_;
};

void Exchange::ask(Opened<domain::Question> opened, Reply reply) {
  questions_.fetch_add(1, std::memory_order_relaxed);
  auto prepared = prepare(opened, reply, in_flight_.enter(opened.asker().partner));
  if (prepared.has_error()) {
    count_refused(1);
    const Asked refused{.opened = std::move(opened),
                        .venue = {},
                        .token_index = {},
                        .question_mac = {},
                        .hour_key = {},
                        .ticket = {},
                        .behind = 0,
                        .reply = {}};
    reply(prepared.error(), refused);
    return;
  }
  std::vector<Asked> one;
  one.push_back(std::move(prepared).value());
  if (enqueue(one)) return;
  count_refused(1);
  one.front().reply(fail(Errc::busy, "", 1), one.front());
}

void Exchange::ask_bundle(std::vector<Opened<domain::Question>> questions, BundleReply reply) {
  questions_.fetch_add(questions.size(), std::memory_order_relaxed);
  const auto ticket = in_flight_.enter(questions.front().asker().partner);
  const auto bundle = std::make_shared<Bundle>(std::move(reply), ticket);
  std::vector<Asked> asked;
  asked.reserve(questions.size());
  for (std::size_t place = 0; place < questions.size(); ++place) {
    bundle->expect(questions[place].content().request_id);
    Reply put = [bundle, place](Result<domain::Answer> answer, const Asked& question) {
      bundle->put(place, std::move(answer));
      if (question.behind == 0) bundle->reply();
    };
    auto prepared = prepare(questions[place], put, ticket);
    if (prepared.has_value()) {
      asked.push_back(std::move(prepared).value());
    } else {
      count_refused(1);
      bundle->put(place, prepared.error());
      if (!domain::is_of_one_slot(prepared.error().code)) {
        bundle->reply();
        return;
      }
    }
  }
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i].behind = asked.size() - 1 - i;
  if (asked.empty()) {
    bundle->reply();
  } else if (!enqueue(asked)) {
    count_refused(asked.size());
    bundle->put(0, fail(Errc::busy, "", 1));
    bundle->reply();
  }
}

// False when the queue is full; they are left as they are then.
bool Exchange::enqueue(std::vector<Asked>& questions) {
  std::unique_lock lock{mutex_};
  if (waiting_.size() + questions.size() > limits_.queue_max) return false;
  waiting_.insert(waiting_.end(), std::make_move_iterator(questions.begin()), std::make_move_iterator(questions.end()));
  if (!is_committing_) {
    commit_next(std::move(lock));
  } else if (waiting_.size() >= enough_) {
    gathered_.notify_one();
  }
  return true;
}

// How many of those that wait are the next batch: no more than the limit, but for a bundle, which is never divided.
std::size_t Exchange::next_batch() const {
  if (waiting_.size() <= limits_.batch_max) return waiting_.size();
  auto count = limits_.batch_max;
  while (count > 0 && waiting_[count - 1].behind != 0) --count;
  return count > 0 ? count : 1 + waiting_.front().behind;
}

std::size_t Exchange::waiting() {
  const std::scoped_lock lock{mutex_};
  return waiting_.size();
}

// Behind a batch that many rode with, waits a little for most of those who were asking when it ended, answered by it or
// not: what a commit costs is divided by all of them.
void Exchange::gather(std::unique_lock<std::mutex>& lock, std::size_t answered, std::size_t asking) {
  if (answered < crowd) return;
  enough_ = std::min(limits_.batch_max, asking * 7 / 8);
  gathered_.wait_for(lock, limits_.gather, [this] { return waiting_.size() >= enough_; });
  enough_ = nobody_waits;
}

void Exchange::commit_next(std::unique_lock<std::mutex> lock) {
  if (waiting_.empty()) {
    is_committing_ = false;
    return;
  }
  is_committing_ = true;
  std::vector<Asked> questions;
  const auto count = next_batch();
  if (count == waiting_.size()) {
    questions.swap(waiting_);
  } else {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    questions.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
  }
  lock.unlock();
  auto batch = std::make_shared<ExchangeBatch>(ground_, std::move(questions));
  database_.submit([batch](store::Transaction& transaction) { return batch->run(transaction); },
                   [this, batch](const Result<void>& committed) {
                     // The replies go first: whoever gets one and asks again rides with the next commit, which is
                     // cheaper for all than a disk that never waits.
                     const auto asking = batch->questions().size() + waiting();
                     finish(*batch, committed);
                     std::unique_lock next{mutex_};
                     gather(next, batch->questions().size(), asking);
                     commit_next(std::move(next));
                   });
}

void Exchange::finish(ExchangeBatch& batch, const Result<void>& committed) {
  batches_.fetch_add(1, std::memory_order_relaxed);
  auto& questions = batch.questions();
  std::vector<ExchangeWatch::Seen> seen;
  seen.reserve(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    auto& asked = questions[i];
    Result<domain::Answer> answer =
        committed.has_error() ? Result<domain::Answer>{committed.error()} : std::move(batch.answers()[i]);
    if (answer.has_error()) {
      count_refused(1);
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
      seen.push_back({.partner = asked.opened.asker().partner,
                      .at = given.answered_at,
                      .outcome = given.outcome,
                      .token = get_be<std::uint64_t>(BytesView{asked.token_index}.first(8))});
    }
    asked.reply(std::move(answer), asked);
  }
  // Behind the replies: no answer waits for it, and all questions are looked at alike.
  if (committed.has_value()) ground_.canaries.look(batch.asked_about());
  if (ground_.watch != nullptr) ground_.watch->look(seen);
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
