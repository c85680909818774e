#include "store/exchange_rows.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/partner.h"
#include "store/database.h"
#include "store/exchange_arrays.h"
#include "store/exchange_row_types.h"
#include "store/period_table.h"

namespace lindung::store {

namespace {

Param or_null(const std::optional<Moment>& at) { return at ? Param{as_int(*at)} : Param{}; }
Param or_null(const std::optional<Hash>& hash) { return hash ? Param{BytesView{*hash}} : Param{}; }

}  // namespace

Result<void> ExchangeRows::ensure(PeriodTable table, std::uint64_t period) {
  if (!ensured_.insert({table, period}).second) return ok();
  return ensure_period(*transaction_, table, period);
}

Result<std::optional<PartnerRow>> ExchangeRows::partner(const PartnerId& id) {
  std::optional<PartnerRow> found;
  TRYV(transaction_->run(Sql{"SELECT state, profile, epoch, per_minute, cut_index FROM partner WHERE partner_id = $1"},
                         {id.value()}, [&](const Row& row) {
                           found = PartnerRow{
                               .state = static_cast<domain::PartnerState>(row.integer(0)),
                               .profile = static_cast<domain::Profile>(row.integer(1)),
                               .epoch = as_uint(row.integer(2)),
                               .per_minute = as_uint(row.integer(3)),
                               .cut_index = row.is_null(4) ? std::nullopt : std::optional{as_uint(row.integer(4))}};
                         }));
  return found;
}

Result<bool> ExchangeRows::signing_key_is_valid(const PartnerId& partner, const KeyId& key, Moment now) {
  TRY(count, transaction_->run(Sql{"SELECT key_id FROM partner_key WHERE key_id = $1 AND partner_id = $2 "
                                   "AND revoked_at IS NULL AND not_before <= $3 AND not_after > $3"},
                               {key.value(), partner.value(), as_int(now)}));
  return count == 1;
}

Result<RateRow> ExchangeRows::rate(const PartnerId& id) {
  RateRow found;
  TRYV(transaction_->run(
      Sql{"SELECT minute, used FROM partner_rate WHERE partner_id = $1"}, {id.value()},
      [&](const Row& row) { found = {.minute = as_uint(row.integer(0)), .used = as_uint(row.integer(1))}; }));
  return found;
}

Result<void> ExchangeRows::put_rate(const PartnerId& id, const RateRow& row) {
  TRYV(transaction_->run(Sql{"INSERT INTO partner_rate (partner_id, minute, used) VALUES ($1, $2, $3) "
                             "ON CONFLICT (partner_id) DO UPDATE SET minute = excluded.minute, used = excluded.used"},
                         {id.value(), as_int(row.minute), as_int(row.used)}));
  return ok();
}

Result<std::vector<std::optional<AnsweredRow>>> ExchangeRows::answered(std::span<const AnsweredKey> keys) {
  std::vector<std::optional<AnsweredRow>> found(keys.size());
  for (const auto& key : keys) {
    TRYV(ensure(PeriodTable::answered, key.hour.number));
  }
  if (takes_arrays()) {
    TRYV(arrays::answered(*transaction_, keys, found));
    return found;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& key = keys[i];
    TRYV(transaction_->run(period_sql("SELECT question_mac, log_index, leaf_hash, sealed FROM answered_{p} "
                                      "WHERE partner_id = $1 AND request_id = $2",
                                      key.hour.number),
                           {key.partner.value(), key.request.bytes()},
                           [&](const Row& row) { found[i] = answered_of(row, 0); }));
  }
  return found;
}

Result<std::vector<std::optional<TokenRow>>> ExchangeRows::tokens(std::span<const TokenKey> keys) {
  std::vector<std::optional<TokenRow>> found(keys.size());
  if (takes_arrays()) {
    TRYV(arrays::tokens(*transaction_, keys, found));
    return found;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    TRYV(transaction_->run(Sql{"SELECT citizen_ref, link_id, state, born_at, dies_at, follows FROM token "
                               "WHERE partner_id = $1 AND token_index = $2"},
                           {keys[i].partner.value(), BytesView{keys[i].index}},
                           [&](const Row& row) { found[i] = token_of(row, 0); }));
  }
  return found;
}

Result<std::vector<std::optional<PersonRow>>> ExchangeRows::people(std::span<const CitizenRef> keys,
                                                                   std::uint64_t timeline_generation) {
  std::vector<std::optional<PersonRow>> found(keys.size());
  if (takes_arrays()) {
    TRYV(arrays::people(*transaction_, keys, timeline_generation, found));
    return found;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    TRYV(transaction_->run(Sql{"SELECT c.wrapped_key, t.sealed, v.sealed FROM citizen c "
                               "JOIN timeline t ON t.citizen_ref = c.citizen_ref AND t.generation = $2 "
                               "LEFT JOIN open_visit v ON v.citizen_ref = c.citizen_ref WHERE c.citizen_ref = $1"},
                           {keys[i].bytes(), as_int(timeline_generation)},
                           [&](const Row& row) { found[i] = person_of(row, 0); }));
  }
  return found;
}

Result<std::vector<std::optional<QuotaRow>>> ExchangeRows::quotas(std::span<const LinkId> keys) {
  std::vector<std::optional<QuotaRow>> found(keys.size());
  if (takes_arrays()) {
    TRYV(arrays::quotas(*transaction_, keys, found));
    return found;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    TRYV(transaction_->run(Sql{"SELECT day, bare, at_venue FROM quota WHERE link_id = $1"}, {keys[i].bytes()},
                           [&](const Row& row) { found[i] = quota_of(row, 0); }));
  }
  return found;
}

Result<std::vector<std::uint64_t>> ExchangeRows::occupancy(std::span<const VenueId> keys) {
  std::vector<std::uint64_t> found(keys.size(), 0);
  if (takes_arrays()) {
    TRYV(arrays::occupancy(*transaction_, keys, found));
    return found;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    TRYV(transaction_->run(Sql{"SELECT inside FROM occupancy WHERE venue_id = $1"}, {keys[i].bytes()},
                           [&](const Row& row) { found[i] = as_uint(row.integer(0)); }));
  }
  return found;
}

Result<void> ExchangeRows::put_answered(std::span<const NewAnswered> rows) {
  if (takes_arrays()) return arrays::put_answered(*transaction_, rows);
  for (const auto& [key, row] : rows) {
    TRYV(transaction_->run(
        period_sql("INSERT INTO answered_{p} (partner_id, request_id, question_mac, log_index, leaf_hash, sealed) "
                   "VALUES ($1, $2, $3, $4, $5, $6)",
                   key.hour.number),
        {key.partner.value(), key.request.bytes(), BytesView{row.question_mac}, as_int(row.log_index),
         BytesView{row.leaf_hash}, BytesView{row.sealed}}));
  }
  return ok();
}

Result<void> ExchangeRows::put_evidence(std::span<const NewEvidence> rows) {
  for (const auto& row : rows) {
    TRYV(ensure(PeriodTable::evidence, row.day.number));
  }
  if (takes_arrays()) return arrays::put_evidence(*transaction_, rows);
  for (const auto& row : rows) {
    TRYV(transaction_->run(period_sql("INSERT INTO evidence_{p} (log_index, sealed) VALUES ($1, $2)", row.day.number),
                           {as_int(row.log_index), BytesView{row.sealed}}));
  }
  return ok();
}

Result<void> ExchangeRows::put_visit_events(std::span<const NewVisitEvent> rows) {
  for (const auto& row : rows) {
    TRYV(ensure(PeriodTable::visit, row.day.number));
  }
  if (takes_arrays()) return arrays::put_visit_events(*transaction_, rows);
  for (const auto& row : rows) {
    TRYV(transaction_->run(
        period_sql("INSERT INTO visit_{p} (log_index, part, tag, sealed) VALUES ($1, $2, $3, $4)", row.day.number),
        {as_int(row.log_index), std::int64_t{row.part}, BytesView{row.tag}, BytesView{row.sealed}}));
  }
  return ok();
}

Result<void> ExchangeRows::put_open_visits(std::span<const NewOpenVisit> rows) {
  if (takes_arrays()) return arrays::put_open_visits(*transaction_, rows);
  for (const auto& row : rows) {
    if (row.sealed) {
      TRYV(transaction_->run(
          Sql{"INSERT INTO open_visit (citizen_ref, due_at, sealed) VALUES ($1, $2, $3) ON CONFLICT (citizen_ref) "
              "DO UPDATE SET due_at = excluded.due_at, sealed = excluded.sealed"},
          {row.citizen.bytes(), as_int(row.due_at), BytesView{*row.sealed}}));
    } else {
      TRYV(transaction_->run(Sql{"DELETE FROM open_visit WHERE citizen_ref = $1"}, {row.citizen.bytes()}));
    }
  }
  return ok();
}

Result<void> ExchangeRows::offer_tokens(std::span<const NewToken> rows) {
  for (const auto& [key, row] : rows) {
    TRYV(transaction_->run(
        Sql{"INSERT INTO token (partner_id, token_index, citizen_ref, link_id, state, born_at, dies_at, follows) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (partner_id, token_index) DO NOTHING"},
        {key.partner.value(), BytesView{key.index}, row.citizen.bytes(), row.link.bytes(),
         static_cast<std::int64_t>(row.state), as_int(row.born_at), or_null(row.dies_at), or_null(row.follows)}));
    TRYV(transaction_->run(Sql{"INSERT INTO link_token (citizen_ref, link_id, token_index) VALUES ($1, $2, $3) "
                               "ON CONFLICT (citizen_ref, link_id, token_index) DO NOTHING"},
                           {row.citizen.bytes(), row.link.bytes(), BytesView{key.index}}));
  }
  return ok();
}

Result<void> ExchangeRows::begin_token(const TokenKey& key, Moment now, const Hash& before, Moment before_dies_at) {
  TRYV(transaction_->run(
      Sql{"UPDATE token SET state = $3, born_at = $4 WHERE partner_id = $1 AND token_index = $2"},
      {key.partner.value(), BytesView{key.index}, static_cast<std::int64_t>(TokenState::current), as_int(now)}));
  TRYV(transaction_->run(Sql{"UPDATE token SET state = $3, dies_at = $4 WHERE partner_id = $1 AND token_index = $2"},
                         {key.partner.value(), BytesView{before}, static_cast<std::int64_t>(TokenState::replaced),
                          as_int(before_dies_at)}));
  return ok();
}

Result<void> ExchangeRows::put_quotas(std::span<const NewQuota> rows) {
  if (takes_arrays()) return arrays::put_quotas(*transaction_, rows);
  for (const auto& [link, row] : rows) {
    TRYV(transaction_->run(
        Sql{"INSERT INTO quota (link_id, day, bare, at_venue) VALUES ($1, $2, $3, $4) ON CONFLICT (link_id) "
            "DO UPDATE SET day = excluded.day, bare = excluded.bare, at_venue = excluded.at_venue"},
        {link.bytes(), as_int(row.day), as_int(row.bare), as_int(row.at_venue)}));
  }
  return ok();
}

Result<void> ExchangeRows::put_occupancy(const VenueId& venue, std::uint64_t inside) {
  TRYV(transaction_->run(Sql{"INSERT INTO occupancy (venue_id, inside) VALUES ($1, $2) ON CONFLICT (venue_id) "
                             "DO UPDATE SET inside = excluded.inside"},
                         {venue.bytes(), as_int(inside)}));
  return ok();
}

}  // namespace lindung::store
