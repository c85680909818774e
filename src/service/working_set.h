// The rows that one batch of questions works on: read with one statement a kind for the whole batch, changed in memory,
// and written back with one statement a kind.
//
// Invariants
// 1. It is loaded under the head of the log, whole, before anything is decided: what is decided is what is written.
// 2. What is not linked loads the dummy person instead: the same statements, the same work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/timeline.h"
#include "service/asked.h"
#include "service/visit.h"
#include "store/exchange_rows.h"

namespace lindung::service {

class WorkingSet {
 public:
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
    CitizenRef citizen;  // the dummy's when unlinked, unless an answer of before must be found again
    LinkId link;
    bool is_linked{};
    CitizenRef about;  // behind the token, dead or alive; the dummy's for a token that leads nowhere
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

  explicit WorkingSet(const ExchangeGround& ground) : ground_{&ground} {}

  // All rows that these questions concern, as they are now. Errors: sealed; corrupt; the database's own.
  [[nodiscard]] Result<void> load(store::ExchangeRows& rows, std::span<const Asked> questions, Moment now,
                                  std::uint64_t timeline_generation);
  // What was changed and added since. Errors: the database's own.
  [[nodiscard]] Result<void> write(store::ExchangeRows& rows);

  // By the question's place in the batch.
  [[nodiscard]] const Item& item(std::size_t place) const { return items_.at(place); }
  [[nodiscard]] std::span<const Item> items() const noexcept { return items_; }
  [[nodiscard]] Partner& partner(const PartnerId& id) { return partners_.at(id); }
  [[nodiscard]] bool is_valid(const PartnerId& partner, const KeyId& key) const {
    return signing_keys_.at({partner, key});
  }
  [[nodiscard]] Person& person(const CitizenRef& citizen) { return people_.at(citizen); }
  [[nodiscard]] Quota& quota(const LinkId& link) { return quotas_.at(link); }
  [[nodiscard]] Occupancy& occupancy(const VenueId& venue) { return occupancy_.at(venue); }

  // The answer under this key that this batch has already given; null: none.
  [[nodiscard]] const store::AnsweredRow* answered(const store::AnsweredKey& key) const;
  void add_answered(const store::AnsweredKey& key, store::AnsweredRow row);
  void add(store::ExchangeRows::NewEvidence evidence) { new_evidence_.push_back(std::move(evidence)); }
  void add(store::ExchangeRows::NewVisitEvent event) { new_visit_events_.push_back(std::move(event)); }
  void add(store::ExchangeRows::NewToken token) { new_tokens_.push_back(std::move(token)); }
  // An offered token is used for the first time: its age counts from now, and the one before it dies.
  // `dies_at`: of the token that begins, where its consent has an end; the one before it lives no longer.
  void begin_token(const store::TokenKey& key, const Hash& before, std::optional<Moment> dies_at);

 private:
  [[nodiscard]] Result<void> load_partners(store::ExchangeRows& rows, std::span<const Asked> questions);
  [[nodiscard]] Result<void> load_items(store::ExchangeRows& rows, std::span<const Asked> questions);
  [[nodiscard]] Result<void> load_people(store::ExchangeRows& rows, std::uint64_t timeline_generation);
  [[nodiscard]] Result<void> load_occupancy(store::ExchangeRows& rows, std::span<const Asked> questions);

  const ExchangeGround* ground_;
  Moment now_;
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
    std::optional<Moment> dies_at;
  };
  std::vector<BegunToken> begun_tokens_;
};

}  // namespace lindung::service
