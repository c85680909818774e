// The exchange: takes admitted questions, answers them in batches, one transaction each. A batch is gathered while the
// one before it is being committed, and for a moment longer while many ask: a question that comes alone is committed at
// once.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/question.h"
#include "service/exchange_batch.h"
#include "service/gate.h"
#include "service/in_flight.h"
#include "service/opened.h"
#include "service/venue_register.h"
#include "store/database.h"

namespace lindung::service {

struct ExchangeCounters {
  std::array<std::uint64_t, 6> answers{};  // by outcome
  std::uint64_t repeated{}, refused{}, batches{}, questions{};
};

class Exchange {
 public:
  struct Limits {
    std::size_t queue_max{8192};  // questions that wait; over it: busy
    std::size_t batch_max{500};   // limits.md: at most 500 questions a commit
    std::chrono::microseconds gather{1500};
  };

  Exchange(ExchangeGround ground, store::Database& database, const VenueRegister& venues, InFlight& in_flight,
           const Gate& gate, Limits limits);

  // Never blocks. `reply` is called once, from a database thread or (busy, sealed) from this one, after the answer is
  // durable in the log. Errors passed to it: partner_cut, partner_suspended, bad_signature (the key was revoked),
  // replay_conflict, quota, busy, outcome_unknown, unavailable, sealed.
  using Reply = std::function<void(Result<domain::Answer>, const Asked&)>;
  void ask(Opened<domain::Question> opened, Reply reply);

  // All questions of a bundle in one transaction, each answered and logged by itself. An error of one slot alone is in
  // its place (domain/bundle.h); every other is the bundle's, and nothing was recorded then unless it is
  // outcome_unknown. The ticket is to be held until the reply has left.
  using BundleReply = std::function<void(Result<std::vector<domain::BundledAnswer>>, const InFlight::Ticket&)>;
  void ask_bundle(std::vector<Opened<domain::Question>> questions, BundleReply reply);

  [[nodiscard]] ExchangeCounters counters() const noexcept;

 private:
  static constexpr std::size_t nobody_waits = std::numeric_limits<std::size_t>::max();
  class Bundle;
  [[nodiscard]] Result<Asked> prepare(Opened<domain::Question>& opened, Reply& reply,
                                      const InFlight::Ticket& ticket) const;
  [[nodiscard]] bool enqueue(std::vector<Asked>& questions);
  void count_refused(std::size_t questions) { refused_.fetch_add(questions, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t next_batch() const;
  [[nodiscard]] std::size_t waiting();
  void gather(std::unique_lock<std::mutex>& lock, std::size_t answered, std::size_t asking);
  void commit_next(std::unique_lock<std::mutex> lock);
  void finish(ExchangeBatch& batch, const Result<void>& committed);

  ExchangeGround ground_;
  store::Database& database_;
  const VenueRegister& venues_;
  InFlight& in_flight_;
  const Gate& gate_;
  Limits limits_;

  std::mutex mutex_;
  std::vector<Asked> waiting_;
  bool is_committing_{};
  std::size_t enough_{nobody_waits};  // questions that whoever gathers waits for
  std::condition_variable gathered_;

  std::array<std::atomic<std::uint64_t>, 6> answers_{};
  std::atomic<std::uint64_t> repeated_{0}, refused_{0}, batches_{0}, questions_{0};
};

}  // namespace lindung::service
