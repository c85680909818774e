#include "people/delegations.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
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
#include "codec/base_n.h"
#include "crypto/random.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "people/delegation_rows.h"
#include "people/portal_secret.h"
#include "people/restriction.h"
#include "service/hands.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::people {

namespace {

constexpr int age_of_majority = 18;
constexpr std::size_t code_size = 12;
constexpr std::size_t code_group = 4;
constexpr std::chrono::days kept_behind_the_end{30};
constexpr std::string_view made_action = "delegation.made";
constexpr std::string_view ended_action = "delegation.ended";

const domain::Text made_for_text{
    .id =
        "Mulai sekarang seseorang dapat bertindak untuk Anda. Lihat siapa, sampai kapan, dan akhiri kapan saja di "
        "portal.",
    .en = "From now on somebody can act for you. See who and until when, and end it at any time, in the portal."};
const domain::Text made_by_text{.id = "Mulai sekarang Anda dapat bertindak untuk orang lain. Lihat di portal.",
                                .en = "From now on you can act for somebody else. See it in the portal."};
const domain::Text ended_text{
    .id = "Sebuah kuasa untuk bertindak bagi orang lain, yang menyangkut Anda, telah berakhir.",
    .en = "A delegation to act for somebody else that concerned you has ended."};

// The first moment at which the person is of age; of a birth date that is not whole the earliest it can be.
std::optional<Moment> of_age_at(const service::KeptIdentity& identity) {
  if (!identity.birth || identity.birth->year == 0) return std::nullopt;
  const auto& birth = *identity.birth;
  const std::chrono::year_month_day day{std::chrono::year{birth.year + age_of_majority},
                                        std::chrono::month{std::max(birth.month, 1U)},
                                        std::chrono::day{std::max(birth.day, 1U)}};
  // The 29th of February of a year without one: the day before.
  const std::chrono::sys_days moment =
      day.ok() ? std::chrono::sys_days{day} : std::chrono::sys_days{day.year() / day.month() / std::chrono::last};
  return Moment{moment};
}

// Upper case without what people put between groups.
std::string plain_code(std::string_view code) {
  std::string plain;
  for (const char c : code) {
    if (c >= 'a' && c <= 'z') {
      plain.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if (c != '-' && c != ' ') {
      plain.push_back(c);
    }
  }
  return plain;
}

Result<Hash> code_index(store::KeyRing& ring, std::string_view plain) {
  constexpr ByteArray<1> separator{0};
  TRY(secret, portal_secret(ring));
  return secret.mac({as_bytes("lindung delegation code v1"), separator, as_bytes(plain)});
}

Result<void> log_it(service::LoggedUnit& unit, const service::OpenPerson& principal, std::string_view action,
                    const DelegationId& id) {
  TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                  .action = std::string{action},
                                  .officer_key_digest = {},
                                  .case_digest = right_commitment(principal, action, id.bytes())}));
  return ok();
}

Result<void> check_room(const std::vector<Delegation>& rows, Moment now) {
  const auto live = std::ranges::count_if(rows, [&](const Delegation& each) { return now < each.until; });
  if (static_cast<std::size_t>(live) >= most_delegations) return fail(Errc::conflict, "too many delegations");
  return ok();
}

// Both rows, the entry and the notices. Gives the agent's row.
Result<Delegation> make(service::LoggedUnit& unit, const service::OpenPerson& principal,
                        const service::OpenPerson& agent, Delegation delegation, std::uint64_t days) {
  auto& transaction = unit.transaction();
  TRY(of_principal, read_delegations(transaction, principal));
  TRY(of_agent, read_delegations(transaction, agent));
  TRYV(check_room(of_agent, unit.now()));
  for (const auto& each : of_principal) {
    if (each.side == Side::principal && each.other == agent.citizen && unit.now() < each.until) {
      return fail(Errc::conflict, "acts for them already");
    }
  }
  TRY(identity, service::read_identity(transaction, principal));
  delegation.since = unit.now();
  delegation.until = unit.now() + std::chrono::days{days};
  const auto of_age = of_age_at(identity);
  if (of_age && unit.now() < *of_age) delegation.until = std::min(delegation.until, *of_age);
  delegation.days = 0;
  delegation.side = Side::principal;
  delegation.other = agent.citizen;
  TRYV(put_delegation(transaction, principal, delegation));
  delegation.side = Side::agent;
  delegation.other = principal.citizen;
  TRYV(put_delegation(transaction, agent, delegation));
  TRYV(log_it(unit, principal, made_action, delegation.id));
  TRYV(service::put_notice(transaction, principal, service::NoticeKind::delegation, made_for_text, unit.now()));
  TRYV(service::put_notice(transaction, agent, service::NoticeKind::delegation, made_by_text, unit.now()));
  return delegation;
}

struct CodeRow {
  CitizenRef principal;
  DelegationId id;
  Moment expires;
};

Result<CodeRow> take_code(store::Transaction& transaction, const Hash& index, Moment now) {
  std::optional<CodeRow> found;
  TRYV(transaction.run(store::Sql{"SELECT citizen_ref, delegation_id, expires_at FROM delegation_code WHERE idx = $1"},
                       {BytesView{index}}, [&](const store::Row& row) {
                         found = CodeRow{.principal = CitizenRef{take<16>(row.bytes(0))},
                                         .id = DelegationId{take<16>(row.bytes(1))},
                                         .expires = moment_of(static_cast<std::uint64_t>(row.integer(2)))};
                       }));
  if (!found || found->expires <= now) return fail(Errc::not_found, "no such code");
  TRYV(transaction.run(store::Sql{"DELETE FROM delegation_code WHERE idx = $1"}, {BytesView{index}}));
  return *found;
}

// The other side of a delegation that ends, unless it was erased.
Result<void> drop_other_side(service::LoggedUnit& unit, const service::Platform& platform, const Delegation& row) {
  TRYV(drop_delegation(unit.transaction(), row.other, row.id));
  auto other = service::lock_person(unit.transaction(), platform.ring, row.other);
  if (other.has_error() && other.error().code == Errc::not_found) return ok();
  TRY(person, std::move(other));
  return service::put_notice(unit.transaction(), person, service::NoticeKind::delegation, ended_text, unit.now());
}

}  // namespace

Result<Delegation> delegate_at_office(const service::Platform& platform, const OfficeDelegation& wish) {
  if (wish.principal == wish.agent) return fail(Errc::invalid_argument, "nobody is delegated to act for themselves");
  if (wish.days == 0 || wish.days > longest_office_days) return fail(Errc::invalid_argument, "days: 1 to 18 years");
  Delegation made;
  const DelegationId id{crypto::random_bytes<16>()};
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(principal, service::hold_citizen(unit, platform, wish.principal));
    TRY(agent, service::hold_citizen(unit, platform, wish.agent));
    TRY(rows, read_delegations(unit.transaction(), principal));
    TRYV(check_room(rows, unit.now()));
    TRY(delegation, make(unit, principal, agent,
                         {.id = id,
                          .side = Side::principal,
                          .other = {},
                          .relation = wish.relation,
                          .scope = wish.scope,
                          .made_by = MadeBy::office,
                          .since = {},
                          .until = {},
                          .days = 0},
                         wish.days));
    made = delegation;
    return ok();
  }));
  return made;
}

Result<Invitation> invite(const service::Platform& platform, const CitizenRef& principal, Relation relation,
                          const Scope& scope, std::uint64_t days) {
  if (days == 0 || days > longest_delegation_days) {
    return fail(Errc::invalid_argument, "days: 1 to " + std::to_string(longest_delegation_days));
  }
  auto plain = codec::base32(crypto::random_bytes<8>());
  plain.resize(code_size);
  const DelegationId id{crypto::random_bytes<16>()};
  TRY(index, code_index(platform.ring, plain));
  Invitation out;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, service::lock_person(transaction, platform.ring, principal));
    const auto now = platform.clock.now();
    TRY(rows, read_delegations(transaction, person));
    TRYV(check_room(rows, now));
    out.expires = now + invitation_life;
    TRYV(put_delegation(transaction, person,
                        {.id = id,
                         .side = Side::invitation,
                         .other = {},
                         .relation = relation,
                         .scope = scope,
                         .made_by = MadeBy::consent,
                         .since = now,
                         .until = out.expires,
                         .days = days}));
    TRYV(transaction.run(
        store::Sql{"INSERT INTO delegation_code (idx, citizen_ref, delegation_id, expires_at) VALUES ($1, $2, $3, $4)"},
        {BytesView{index}, principal.bytes(), id.bytes(), static_cast<std::int64_t>(unix_seconds(out.expires))}));
    return ok();
  }));
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i != 0 && i % code_group == 0) out.code.push_back('-');
    out.code.push_back(plain[i]);
  }
  return out;
}

Result<Delegation> accept(const service::Platform& platform, const CitizenRef& agent, std::string_view code) {
  TRY(index, code_index(platform.ring, plain_code(code)));
  Delegation made;
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(row, take_code(transaction, index, unit.now()));
    if (row.principal == agent) return fail(Errc::conflict, "one's own code");
    TRY(principal, service::hold_citizen(unit, platform, row.principal));
    TRY(acting, service::hold_citizen(unit, platform, agent));
    TRY(invitation, find_delegation(transaction, principal, row.id));
    if (!invitation || invitation->side != Side::invitation) return fail(Errc::not_found, "no such code");
    TRY(delegation, make(unit, principal, acting, *invitation, invitation->days));
    made = delegation;
    return ok();
  }));
  return made;
}

Result<void> end_delegation(const service::Platform& platform, const CitizenRef& citizen, const DelegationId& id) {
  return service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(person, service::hold_citizen(unit, platform, citizen));
    TRY(row, find_delegation(transaction, person, id));
    if (!row) return fail(Errc::not_found, "no such delegation");
    TRYV(drop_delegation(transaction, citizen, id));
    if (row->side == Side::invitation) {
      TRYV(transaction.run(store::Sql{"DELETE FROM delegation_code WHERE citizen_ref = $1 AND delegation_id = $2"},
                           {citizen.bytes(), id.bytes()}));
      return ok();
    }
    TRYV(log_it(unit, person, ended_action, id));
    TRYV(drop_other_side(unit, platform, *row));
    return service::put_notice(transaction, person, service::NoticeKind::delegation, ended_text, unit.now());
  });
}

Result<std::vector<NamedDelegation>> list_delegations(const service::Platform& platform, const CitizenRef& citizen) {
  std::vector<NamedDelegation> out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRY(person, service::open_person(transaction, platform.ring, citizen));
    TRY(rows, read_delegations(transaction, person));
    const auto now = platform.clock.now();
    for (auto& row : rows) {
      if (row.until <= now) continue;
      std::string name;
      if (row.side != Side::invitation) {
        auto other = service::open_person(transaction, platform.ring, row.other);
        if (other.has_error() && other.error().code == Errc::not_found) continue;  // erased since
        TRY(whom, std::move(other));
        TRY(identity, service::read_identity(transaction, whom));
        name = std::move(identity.name);
      }
      out.push_back({.delegation = std::move(row), .other_name = std::move(name)});
    }
    return ok();
  }));
  return out;
}

Result<Delegation> delegation_of(const service::Platform& platform, const CitizenRef& agent, const DelegationId& id) {
  std::optional<Delegation> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, service::open_person(transaction, platform.ring, agent));
    TRY(row, find_delegation(transaction, person, id));
    found = row;
    return ok();
  }));
  if (!found || found->side != Side::agent || found->until <= platform.clock.now()) {
    return fail(Errc::not_found, "no such delegation");
  }
  return *found;
}

Result<void> end_all_delegations(service::LoggedUnit& unit, const service::Platform& platform,
                                 const service::OpenPerson& person) {
  auto& transaction = unit.transaction();
  TRY(rows, read_delegations(transaction, person));
  for (const auto& row : rows) {
    if (row.side == Side::invitation) continue;
    TRYV(drop_other_side(unit, platform, row));
  }
  TRYV(transaction.run(store::Sql{"DELETE FROM delegation WHERE citizen_ref = $1"}, {person.citizen.bytes()}));
  TRYV(transaction.run(store::Sql{"DELETE FROM delegation_code WHERE citizen_ref = $1"}, {person.citizen.bytes()}));
  return ok();
}

Result<void> forget_ended_delegations(const service::Platform& platform) {
  const auto before = static_cast<std::int64_t>(unix_seconds(platform.clock.now() - kept_behind_the_end));
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM delegation WHERE until_at < $1"}, {before}));
    TRYV(transaction.run(store::Sql{"DELETE FROM delegation_code WHERE expires_at < $1"}, {before}));
    return ok();
  });
}

}  // namespace lindung::people
