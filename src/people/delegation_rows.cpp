#include "people/delegation_rows.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t fields = 8;
constexpr unsigned see_bit = 1;
constexpr unsigned check_in_bit = 2;
constexpr unsigned consent_bit = 4;
constexpr std::array all_relations{Relation::parent, Relation::child, Relation::spouse, Relation::sibling,
                                   Relation::carer};

ByteArray<32> primary_key(const CitizenRef& citizen, const DelegationId& id) {
  ByteArray<32> key;
  std::ranges::copy(citizen.value(), key.begin());
  std::ranges::copy(id.value(), key.begin() + 16);
  return key;
}

Bytes encode(const Delegation& delegation) {
  const auto& scope = delegation.scope;
  codec::CborWriter out;
  out.array(fields)
      .uint(row_version)
      .bytes(delegation.other.bytes())
      .uint(static_cast<std::uint64_t>(delegation.relation))
      .uint((scope.see ? see_bit : 0U) | (scope.check_in ? check_in_bit : 0U) | (scope.consent ? consent_bit : 0U))
      .uint(static_cast<std::uint64_t>(delegation.made_by))
      .uint(unix_seconds(delegation.since))
      .uint(unix_seconds(delegation.until))
      .uint(delegation.days);
  return std::move(out).take();
}

Result<Delegation> decode(BytesView plain, const DelegationId& id, Side side) {
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != fields || version != row_version) return fail(Errc::corrupt, "delegation: version");
  TRY(other, in.fixed<16>());
  TRY(relation, in.uint());
  TRY(scope, in.uint());
  TRY(made_by, in.uint());
  TRY(since, in.uint());
  TRY(until, in.uint());
  TRY(days, in.uint());
  TRYV(in.end());
  return Delegation{.id = id,
                    .side = side,
                    .other = CitizenRef{other},
                    .relation = static_cast<Relation>(relation),
                    .scope = {.see = (scope & see_bit) != 0,
                              .check_in = (scope & check_in_bit) != 0,
                              .consent = (scope & consent_bit) != 0},
                    .made_by = static_cast<MadeBy>(made_by),
                    .since = moment_of(since),
                    .until = moment_of(until),
                    .days = days};
}

struct SealedRow {
  DelegationId id;
  Side side{};
  Bytes sealed;
};

Result<Delegation> open(const service::OpenPerson& person, const SealedRow& row) {
  const auto key = primary_key(person.citizen, row.id);
  TRY(plain,
      store::open_under(person.key, {.table = "delegation", .primary_key = key, .version = row_version}, row.sealed));
  return decode(plain, row.id, row.side);
}

}  // namespace

std::string_view name_of(Relation relation) noexcept {
  switch (relation) {
    case Relation::parent: return "parent";
    case Relation::child: return "child";
    case Relation::spouse: return "spouse";
    case Relation::sibling: return "sibling";
    case Relation::carer: break;
  }
  return "carer";
}

Result<Relation> parse_relation(std::string_view word) {
  const auto found = std::ranges::find(all_relations, word, [](Relation each) { return name_of(each); });
  if (found == all_relations.end()) {
    return fail(Errc::invalid_argument, "relation: parent, child, spouse, sibling or carer");
  }
  return *found;
}

std::vector<std::string_view> names_of(const Scope& scope) {
  std::vector<std::string_view> names;
  if (scope.see) names.emplace_back("see");
  if (scope.check_in) names.emplace_back("check-in");
  if (scope.consent) names.emplace_back("consent");
  return names;
}

Result<Scope> parse_scope(const std::vector<std::string>& words) {
  Scope scope;
  for (const auto& word : words) {
    bool Scope::* bit = word == "see"        ? &Scope::see
                        : word == "check-in" ? &Scope::check_in
                        : word == "consent"  ? &Scope::consent
                                             : nullptr;
    if (bit == nullptr || scope.*bit) return fail(Errc::invalid_argument, "scope: see, check-in, consent, each once");
    scope.*bit = true;
  }
  if (words.empty()) return fail(Errc::invalid_argument, "scope: at least one of see, check-in, consent");
  return scope;
}

std::string_view name_of(MadeBy made_by) noexcept { return made_by == MadeBy::office ? "office" : "consent"; }

Result<void> put_delegation(store::Transaction& transaction, const service::OpenPerson& person,
                            const Delegation& delegation) {
  const auto key = primary_key(person.citizen, delegation.id);
  const auto sealed = store::seal_under(person.key, {.table = "delegation", .primary_key = key, .version = row_version},
                                        encode(delegation));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO delegation (citizen_ref, delegation_id, side, until_at, sealed) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (citizen_ref, delegation_id) "
                 "DO UPDATE SET side = excluded.side, until_at = excluded.until_at, sealed = excluded.sealed"},
      {person.citizen.bytes(), delegation.id.bytes(), static_cast<std::int64_t>(delegation.side),
       static_cast<std::int64_t>(unix_seconds(delegation.until)), BytesView{sealed}}));
  return ok();
}

Result<std::vector<Delegation>> read_delegations(store::Transaction& transaction, const service::OpenPerson& person) {
  std::vector<SealedRow> rows;
  TRYV(transaction.run(store::Sql{"SELECT delegation_id, side, sealed FROM delegation WHERE citizen_ref = $1"},
                       {person.citizen.bytes()}, [&](const store::Row& row) {
                         rows.push_back({.id = DelegationId{take<16>(row.bytes(0))},
                                         .side = static_cast<Side>(row.integer(1)),
                                         .sealed = to_bytes(row.bytes(2))});
                       }));
  std::vector<Delegation> out;
  for (const auto& row : rows) {
    TRY(delegation, open(person, row));
    out.push_back(std::move(delegation));
  }
  std::ranges::sort(out, {}, [](const Delegation& each) { return std::pair{each.since, each.id}; });
  return out;
}

Result<std::optional<Delegation>> find_delegation(store::Transaction& transaction, const service::OpenPerson& person,
                                                  const DelegationId& id) {
  std::optional<SealedRow> found;
  TRYV(transaction.run(store::Sql{"SELECT side, sealed FROM delegation WHERE citizen_ref = $1 AND delegation_id = $2"},
                       {person.citizen.bytes(), id.bytes()}, [&](const store::Row& row) {
                         found = SealedRow{
                             .id = id, .side = static_cast<Side>(row.integer(0)), .sealed = to_bytes(row.bytes(1))};
                       }));
  if (!found) return std::optional<Delegation>{};
  TRY(delegation, open(person, *found));
  return std::optional{std::move(delegation)};
}

Result<void> drop_delegation(store::Transaction& transaction, const CitizenRef& citizen, const DelegationId& id) {
  TRYV(transaction.run(store::Sql{"DELETE FROM delegation WHERE citizen_ref = $1 AND delegation_id = $2"},
                       {citizen.bytes(), id.bytes()}));
  return ok();
}

}  // namespace lindung::people
