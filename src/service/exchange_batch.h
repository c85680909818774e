// One transaction for many questions: the middle of the hot path (the way of a scan, docs/architecture.md).
//
// Invariants, in the order of the steps
// 1. The head of the log is locked first, in a statement of its own; all that a cut, a withdrawal or a revocation can
//    change is read after it (run()).
// 2. A recorded answer is released only from here: under the head, with its partner found active (repeat()).
// 3. An unlinked question runs the same statements and seals as a linked one, against the dummy person (load()).
// 4. Every answer given has its entry in the log in the same commit; a repeated one adds nothing (write()).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "domain/timeline.h"
#include "domain/venue.h"
#include "service/canary_watch.h"
#include "service/in_flight.h"
#include "service/opened.h"
#include "service/visit.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/log_head.h"
#include "store/ring.h"

namespace lindung::service {

// The person and the link that stand in for what is not there, so that the work done tells nothing.
struct Dummy {
  CitizenRef citizen;
  LinkId link;
};

// Who is asked for what every batch needs; all outlive it.
struct ExchangeGround {
  const store::KeyRing& ring;
  const Clock& clock;
  Dummy dummy;
  CanaryWatch& canaries;
};

// A question in the queue, with what could be worked out before the transaction.
struct Asked {
  Opened<domain::Question> opened;
  std::shared_ptr<const domain::Venue> venue;  // null: none given, or not genuine
  Hash token_index{};
  Hash question_mac{};
  Secret<32> hour_key{};
  InFlight::Ticket ticket;
  std::function<void(Result<domain::Answer>, const Asked&)> reply;
};

class ExchangeBatch {
 public:
  ExchangeBatch(const ExchangeGround& ground, std::vector<Asked> questions);

  // The unit of work; may be run again after a retry, and starts anew then.
  // Errors: unavailable when the clock is behind the log; sealed; the database's own.
  [[nodiscard]] Result<void> run(store::Transaction& transaction);

  [[nodiscard]] const std::vector<Asked>& questions() const noexcept { return questions_; }
  [[nodiscard]] std::vector<Asked>& questions() noexcept { return questions_; }
  // Shape: one for each question, in order, after run() succeeded and was committed.
  [[nodiscard]] std::vector<Result<domain::Answer>>& answers() noexcept { return answers_; }
  // Whom each question is about, the dummy where there is nobody; after run() succeeded.
  [[nodiscard]] std::vector<CitizenRef> asked_about() const;

 private:
  struct Person {
    Secret<32> key;
    domain::Timeline timeline;
    std::optional<OpenVisit> visit;
    bool visit_changed{};
  };
  // What belongs to one question of the batch.
  struct Item {
    store::AnsweredKey answered_key;
    store::TokenKey token_key;
    std::optional<store::AnsweredRow> recorded;
    std::optional<store::TokenRow> token;
    CitizenRef citizen;  // the dummy's when unlinked
    LinkId link;
    bool is_linked{};
    bool had_link{};  // also through a token that has died since: for repeated answers
  };
  struct Partner {
    std::optional<store::PartnerRow> row;
    store::RateRow rate;
    bool rate_changed{};
  };
  struct Quota {
    store::QuotaRow row;
    bool changed{};
  };
  struct Occupancy {
    std::uint64_t inside{};
    bool changed{};
  };

  void start_anew();
  [[nodiscard]] Result<void> load_partners(store::ExchangeRows& rows);
  [[nodiscard]] Result<void> load(store::ExchangeRows& rows, std::uint64_t timeline_generation);
  [[nodiscard]] Result<void> load_people(store::ExchangeRows& rows, std::uint64_t timeline_generation);
  [[nodiscard]] Result<void> load_occupancy(store::ExchangeRows& rows);
  [[nodiscard]] Result<domain::Answer> answer(std::size_t index, store::LogHead& head);
  [[nodiscard]] Result<void> may_ask(const Asked& asked);
  [[nodiscard]] Result<domain::Answer> repeat(const Item& item, const store::AnsweredRow& recorded, const Asked& asked);
  [[nodiscard]] Result<void> count_against_partner(const PartnerId& partner);
  [[nodiscard]] bool count_against_link(const Item& item, const domain::Question& question, bool is_linked);
  [[nodiscard]] Result<void> record_visit(const Asked& asked, const Item& item, std::uint64_t log_index);
  [[nodiscard]] Result<void> end_visit(const CitizenRef& citizen, Person& person, std::uint64_t log_index);
  [[nodiscard]] Result<void> offer_next_token(const Item& item, const Asked& asked, domain::Answer& answer);
  [[nodiscard]] Result<void> write(store::ExchangeRows& rows);

  const ExchangeGround& ground_;
  std::vector<Asked> questions_;

  // What one run loads and changes.
  Moment now_;
  std::vector<Result<domain::Answer>> answers_;
  std::vector<Item> items_;
  std::map<PartnerId, Partner> partners_;
  std::map<std::pair<PartnerId, KeyId>, bool> signing_keys_;
  std::unordered_map<CitizenRef, Person> people_;
  std::unordered_map<LinkId, Quota> quotas_;
  std::unordered_map<VenueId, Occupancy> occupancy_;
  std::map<std::pair<std::uint32_t, std::pair<PartnerId, RequestId>>, store::AnsweredRow> answered_now_;
  std::vector<store::ExchangeRows::NewAnswered> new_answered_;
  std::vector<store::ExchangeRows::NewEvidence> new_evidence_;
  std::vector<store::ExchangeRows::NewVisitEvent> new_visit_events_;
  std::vector<store::ExchangeRows::NewToken> new_tokens_;
  struct BegunToken {
    store::TokenKey key;
    Hash before;
  };
  std::vector<BegunToken> begun_tokens_;
};

}  // namespace lindung::service
