#include "store/exchange_arrays.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"
#include "store/exchange_row_types.h"
#include "store/exchange_rows.h"
#include "store/period_table.h"

namespace lindung::store::arrays {

namespace {

using Integers = std::vector<std::int64_t>;
using Texts = std::vector<std::string_view>;
using Blobs = std::vector<BytesView>;

std::span<const std::int64_t> all(const Integers& values) { return values; }
std::span<const std::string_view> all(const Texts& values) { return values; }
std::span<const BytesView> all(const Blobs& values) { return values; }

// The place of a row's key in its array, which PostgreSQL counts from 1.
std::size_t place_of(const Row& row) { return static_cast<std::size_t>(row.integer(0)) - 1; }

template <class Key>
Blobs bytes_of(std::span<const Key> keys) {
  Blobs out;
  out.reserve(keys.size());
  for (const auto& key : keys) out.push_back(key.bytes());
  return out;
}

// Rows by the period of their table; most batches have one period.
template <class Item, class PeriodOf>
std::map<std::uint64_t, std::vector<std::size_t>> by_period(std::span<const Item> items, PeriodOf period_of) {
  std::map<std::uint64_t, std::vector<std::size_t>> out;
  for (std::size_t i = 0; i < items.size(); ++i) out[period_of(items[i])].push_back(i);
  return out;
}

}  // namespace

Result<void> answered(Transaction& transaction, std::span<const AnsweredKey> keys,
                      std::vector<std::optional<AnsweredRow>>& found) {
  for (const auto& [hour, places] : by_period(keys, [](const AnsweredKey& key) { return key.hour.number; })) {
    Texts partners;
    Blobs requests;
    for (const auto place : places) {
      partners.emplace_back(keys[place].partner.value());
      requests.push_back(keys[place].request.bytes());
    }
    TRYV(transaction.run(
        period_sql("SELECT k.place, a.question_mac, a.log_index, a.leaf_hash, a.sealed "
                   "FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS k(partner_id, request_id, place) "
                   "JOIN answered_{p} a ON a.partner_id = k.partner_id COLLATE \"C\" AND a.request_id = k.request_id",
                   hour),
        {all(partners), all(requests)}, [&](const Row& row) { found[places[place_of(row)]] = answered_of(row, 1); }));
  }
  return ok();
}

Result<void> tokens(Transaction& transaction, std::span<const TokenKey> keys,
                    std::vector<std::optional<TokenRow>>& found) {
  Texts partners;
  Blobs indices;
  for (const auto& key : keys) {
    partners.emplace_back(key.partner.value());
    indices.emplace_back(key.index);
  }
  TRYV(transaction.run(
      Sql{"SELECT k.place, t.citizen_ref, t.link_id, t.state, t.born_at, t.dies_at, t.follows "
          "FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS k(partner_id, token_index, place) "
          "JOIN token t ON t.partner_id = k.partner_id COLLATE \"C\" AND t.token_index = k.token_index"},
      {all(partners), all(indices)}, [&](const Row& row) { found[place_of(row)] = token_of(row, 1); }));
  return ok();
}

Result<void> people(Transaction& transaction, std::span<const CitizenRef> keys, std::uint64_t generation,
                    std::vector<std::optional<PersonRow>>& found) {
  const auto refs = bytes_of(keys);
  TRYV(transaction.run(Sql{"SELECT k.place, c.wrapped_key, t.sealed, v.sealed "
                           "FROM unnest($1::bytea[]) WITH ORDINALITY AS k(citizen_ref, place) "
                           "JOIN citizen c ON c.citizen_ref = k.citizen_ref "
                           "JOIN timeline t ON t.citizen_ref = c.citizen_ref AND t.generation = $2 "
                           "LEFT JOIN open_visit v ON v.citizen_ref = c.citizen_ref"},
                       {all(refs), as_int(generation)},
                       [&](const Row& row) { found[place_of(row)] = person_of(row, 1); }));
  return ok();
}

Result<void> quotas(Transaction& transaction, std::span<const LinkId> keys,
                    std::vector<std::optional<QuotaRow>>& found) {
  const auto links = bytes_of(keys);
  TRYV(transaction.run(Sql{"SELECT k.place, q.day, q.bare, q.at_venue "
                           "FROM unnest($1::bytea[]) WITH ORDINALITY AS k(link_id, place) "
                           "JOIN quota q ON q.link_id = k.link_id"},
                       {all(links)}, [&](const Row& row) { found[place_of(row)] = quota_of(row, 1); }));
  return ok();
}

Result<void> occupancy(Transaction& transaction, std::span<const VenueId> keys, std::vector<std::uint64_t>& found) {
  const auto venues = bytes_of(keys);
  TRYV(transaction.run(Sql{"SELECT k.place, o.inside FROM unnest($1::bytea[]) WITH ORDINALITY AS k(venue_id, place) "
                           "JOIN occupancy o ON o.venue_id = k.venue_id"},
                       {all(venues)}, [&](const Row& row) { found[place_of(row)] = as_uint(row.integer(1)); }));
  return ok();
}

Result<void> put_answered(Transaction& transaction, std::span<const ExchangeRows::NewAnswered> rows) {
  for (const auto& [hour, places] :
       by_period(rows, [](const ExchangeRows::NewAnswered& row) { return row.key.hour.number; })) {
    Texts partners;
    Blobs requests;
    Blobs macs;
    Integers indices;
    Blobs leaves;
    Blobs sealed;
    for (const auto place : places) {
      const auto& [key, row] = rows[place];
      partners.emplace_back(key.partner.value());
      requests.push_back(key.request.bytes());
      macs.emplace_back(row.question_mac);
      indices.push_back(as_int(row.log_index));
      leaves.emplace_back(row.leaf_hash);
      sealed.emplace_back(row.sealed);
    }
    TRYV(transaction.run(
        period_sql("INSERT INTO answered_{p} (partner_id, request_id, question_mac, log_index, leaf_hash, sealed) "
                   "SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::int8[], $5::bytea[], $6::bytea[])",
                   hour),
        {all(partners), all(requests), all(macs), all(indices), all(leaves), all(sealed)}));
  }
  return ok();
}

Result<void> put_evidence(Transaction& transaction, std::span<const ExchangeRows::NewEvidence> rows) {
  for (const auto& [day, places] :
       by_period(rows, [](const ExchangeRows::NewEvidence& row) { return row.day.number; })) {
    Integers indices;
    Blobs sealed;
    for (const auto place : places) {
      indices.push_back(as_int(rows[place].log_index));
      sealed.emplace_back(rows[place].sealed);
    }
    TRYV(transaction.run(period_sql("INSERT INTO evidence_{p} (log_index, sealed) "
                                    "SELECT * FROM unnest($1::int8[], $2::bytea[])",
                                    day),
                         {all(indices), all(sealed)}));
  }
  return ok();
}

Result<void> put_visit_events(Transaction& transaction, std::span<const ExchangeRows::NewVisitEvent> rows) {
  for (const auto& [day, places] :
       by_period(rows, [](const ExchangeRows::NewVisitEvent& row) { return row.day.number; })) {
    Integers indices;
    Integers parts;
    Blobs tags;
    Blobs sealed;
    for (const auto place : places) {
      const auto& row = rows[place];
      indices.push_back(as_int(row.log_index));
      parts.push_back(row.part);
      tags.emplace_back(row.tag);
      sealed.emplace_back(row.sealed);
    }
    TRYV(transaction.run(period_sql("INSERT INTO visit_{p} (log_index, part, tag, sealed) "
                                    "SELECT * FROM unnest($1::int8[], $2::int8[], $3::bytea[], $4::bytea[])",
                                    day),
                         {all(indices), all(parts), all(tags), all(sealed)}));
  }
  return ok();
}

Result<void> put_open_visits(Transaction& transaction, std::span<const ExchangeRows::NewOpenVisit> rows) {
  Blobs begun;
  Integers due;
  Blobs sealed;
  Blobs ended;
  for (const auto& row : rows) {
    if (!row.sealed) {
      ended.push_back(row.citizen.bytes());
      continue;
    }
    begun.push_back(row.citizen.bytes());
    due.push_back(as_int(row.due_at));
    sealed.emplace_back(*row.sealed);
  }
  if (!begun.empty()) {
    TRYV(transaction.run(Sql{"INSERT INTO open_visit (citizen_ref, due_at, sealed) "
                             "SELECT * FROM unnest($1::bytea[], $2::int8[], $3::bytea[]) ON CONFLICT (citizen_ref) "
                             "DO UPDATE SET due_at = excluded.due_at, sealed = excluded.sealed"},
                         {all(begun), all(due), all(sealed)}));
  }
  if (!ended.empty()) {
    TRYV(transaction.run(Sql{"DELETE FROM open_visit WHERE citizen_ref = ANY($1::bytea[])"}, {all(ended)}));
  }
  return ok();
}

Result<void> put_quotas(Transaction& transaction, std::span<const ExchangeRows::NewQuota> rows) {
  Blobs links;
  Integers days;
  Integers bare;
  Integers at_venue;
  for (const auto& [link, row] : rows) {
    links.push_back(link.bytes());
    days.push_back(as_int(row.day));
    bare.push_back(as_int(row.bare));
    at_venue.push_back(as_int(row.at_venue));
  }
  TRYV(
      transaction.run(Sql{"INSERT INTO quota (link_id, day, bare, at_venue) "
                          "SELECT * FROM unnest($1::bytea[], $2::int8[], $3::int8[], $4::int8[]) ON CONFLICT (link_id) "
                          "DO UPDATE SET day = excluded.day, bare = excluded.bare, at_venue = excluded.at_venue"},
                      {all(links), all(days), all(bare), all(at_venue)}));
  return ok();
}

}  // namespace lindung::store::arrays
