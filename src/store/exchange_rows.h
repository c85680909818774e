// The rows that a batch of questions reads and writes: the hot path's repository. Each function serves a whole batch,
// so that PostgreSQL can do it in one statement with arrays and SQLite in a loop over one prepared statement.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/partner.h"
#include "store/database.h"
#include "store/period_table.h"

namespace lindung::store {

struct PartnerRow {
  domain::PartnerState state{};
  domain::Profile profile{};
  std::uint64_t epoch{};
  std::uint64_t per_minute{};              // questions a minute before 429 `quota`
  std::optional<std::uint64_t> cut_index;  // of the last cut in the log
};

// One minute's use of a partner's quota.
struct RateRow {
  std::uint64_t minute{};
  std::uint64_t used{};
};

struct AnsweredKey {
  Hour hour;  // of the client time
  PartnerId partner;
  RequestId request;
};
struct AnsweredRow {
  Hash question_mac{};
  std::uint64_t log_index{};
  Hash leaf_hash{};
  Bytes sealed;
};

// A live link has at most two of these (protocol.md section 7).
enum class TokenState : std::uint8_t { current = 1, offered = 2, replaced = 3, withdrawn = 4 };
struct TokenKey {
  PartnerId partner;
  Hash index{};  // HMAC under the index key of the partner's epoch
};
struct TokenRow {
  CitizenRef citizen;
  LinkId link;
  TokenState state{};
  Moment born_at;
  std::optional<Moment> dies_at;
  std::optional<Hash> follows;  // index of the token before it
};

struct PersonRow {
  Bytes wrapped_key;
  Bytes timeline;
  std::optional<Bytes> open_visit;
};

struct QuotaRow {
  std::uint64_t day{};
  std::uint64_t bare{};      // status without a venue
  std::uint64_t at_venue{};  // status with a venue, and check_in
};

// Shape: every reading function fills one element for each key, in the order of the keys, nullopt where there is no
// row. Errors: the database's own.
class ExchangeRows {
 public:
  explicit ExchangeRows(Transaction& transaction) noexcept : transaction_{&transaction} {}

  [[nodiscard]] Result<std::optional<PartnerRow>> partner(const PartnerId& id);
  [[nodiscard]] Result<bool> signing_key_is_valid(const PartnerId& partner, const KeyId& key, Moment now);
  [[nodiscard]] Result<RateRow> rate(const PartnerId& id);
  [[nodiscard]] Result<void> put_rate(const PartnerId& id, const RateRow& row);

  [[nodiscard]] Result<std::vector<std::optional<AnsweredRow>>> answered(std::span<const AnsweredKey> keys);
  [[nodiscard]] Result<std::vector<std::optional<TokenRow>>> tokens(std::span<const TokenKey> keys);
  [[nodiscard]] Result<std::vector<std::optional<PersonRow>>> people(std::span<const CitizenRef> keys,
                                                                     std::uint64_t timeline_generation);
  [[nodiscard]] Result<std::vector<std::optional<QuotaRow>>> quotas(std::span<const LinkId> keys);
  [[nodiscard]] Result<std::vector<std::uint64_t>> occupancy(std::span<const VenueId> keys);

  struct NewAnswered {
    AnsweredKey key;
    AnsweredRow row;
  };
  struct NewEvidence {
    Day day;
    std::uint64_t log_index{};
    Bytes sealed;
  };
  struct NewVisitEvent {
    Day day;
    std::uint64_t log_index{};
    std::uint8_t part{};
    ByteArray<16> tag{};
    Bytes sealed;
  };
  struct NewOpenVisit {
    CitizenRef citizen;
    Moment due_at;
    std::optional<Bytes> sealed;  // nullopt: closed, the row goes
  };
  struct NewToken {
    TokenKey key;
    TokenRow row;
  };
  [[nodiscard]] Result<void> put_answered(std::span<const NewAnswered> rows);
  [[nodiscard]] Result<void> put_evidence(std::span<const NewEvidence> rows);
  [[nodiscard]] Result<void> put_visit_events(std::span<const NewVisitEvent> rows);
  [[nodiscard]] Result<void> put_open_visits(std::span<const NewOpenVisit> rows);
  // Writes down the next token of a link, once: a retry offers the same and changes nothing.
  [[nodiscard]] Result<void> offer_tokens(std::span<const NewToken> rows);
  // First use of an offered token: it is current from now on, and the one before it dies at `before_dies_at`.
  [[nodiscard]] Result<void> begin_token(const TokenKey& key, Moment now, const Hash& before, Moment before_dies_at);
  struct NewQuota {
    LinkId link;
    QuotaRow row;
  };
  [[nodiscard]] Result<void> put_quotas(std::span<const NewQuota> rows);
  [[nodiscard]] Result<void> put_occupancy(const VenueId& venue, std::uint64_t inside);

 private:
  [[nodiscard]] bool takes_arrays() const noexcept { return transaction_->engine() == Engine::postgresql; }
  // Once a period and batch: on PostgreSQL each is a round trip.
  [[nodiscard]] Result<void> ensure(PeriodTable table, std::uint64_t period);
  Transaction* transaction_;
  std::set<std::pair<PeriodTable, std::uint64_t>> ensured_;
};

}  // namespace lindung::store
