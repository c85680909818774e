#include "service/rule_sets.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/log_head.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;

std::int64_t as_int(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::int64_t as_int(RuleSetState state) { return static_cast<std::int64_t>(state); }

store::RowAddress address(std::string_view name) {
  return {.table = "rule_set", .primary_key = as_bytes(name), .version = row_version};
}

RuleSetRow row_of(const store::Row& row) {
  return {.id = std::string{row.text(0)},
          .version = std::string{row.text(1)},
          .digest = take<32>(row.bytes(2)),
          .state = static_cast<RuleSetState>(row.integer(3)),
          .generation = static_cast<std::uint64_t>(row.integer(4)),
          .changed_at = moment_of(static_cast<std::uint64_t>(row.integer(5)))};
}

bool is_kept(const RuleSetRow& row) { return row.state < RuleSetState::retired; }

Result<std::vector<RuleSetRow>> read_rows(store::Transaction& transaction) {
  std::vector<RuleSetRow> rows;
  TRYV(transaction.run(store::Sql{"SELECT rule_id, version, digest, state, generation, changed_at FROM rule_set "
                                  "ORDER BY generation DESC"},
                       {}, [&](const store::Row& row) { rows.push_back(row_of(row)); }));
  return rows;
}

const RuleSetRow* find(const std::vector<RuleSetRow>& rows, RuleSetState state) {
  const auto at = std::ranges::find(rows, state, &RuleSetRow::state);
  return at == rows.end() ? nullptr : &*at;
}

const RuleSetRow* find(const std::vector<RuleSetRow>& rows, std::string_view name) {
  const auto at = std::ranges::find(rows, name, &RuleSetRow::name);
  return at == rows.end() ? nullptr : &*at;
}

// Waits for the units that hold the kept rule sets, and holds off new ones. SQLite has one writer: nothing to wait for.
Result<void> lock_kept_rule_sets(store::Transaction& transaction) {
  if (transaction.engine() == store::Engine::sqlite) return ok();
  TRYV(transaction.run(store::Sql{"SELECT generation FROM rule_set WHERE state = 2 FOR UPDATE"}, {}));
  return ok();
}

Result<void> put_row(store::Transaction& transaction, const store::KeyRing& ring, const RuleSetRow& row,
                     std::string_view document) {
  const auto name = row.name();
  TRY(sealed, store::RowSealer{ring}.seal(address(name), as_bytes(document)));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO rule_set (rule_id, version, digest, state, generation, changed_at, sealed) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (rule_id, version) DO UPDATE SET "
                 "state = excluded.state, generation = excluded.generation, changed_at = excluded.changed_at"},
      {std::string_view{row.id}, std::string_view{row.version}, BytesView{row.digest}, as_int(row.state),
       as_int(row.generation), as_int(unix_seconds(row.changed_at)), BytesView{sealed}}));
  return ok();
}

Result<void> move_row(LoggedUnit& unit, const RuleSetRow& row, RuleSetState state) {
  TRYV(unit.transaction().run(
      store::Sql{"UPDATE rule_set SET state = $3, changed_at = $4 WHERE rule_id = $1 AND version = $2"},
      {std::string_view{row.id}, std::string_view{row.version}, as_int(state), as_int(unix_seconds(unit.now()))}));
  return ok();
}

Result<std::uint64_t> log_change(LoggedUnit& unit, const RuleSetRow& row, log::RulesChange change) {
  TRY(index, unit.log(log::RulesEntry{
                 .at = unit.now(), .id = row.id, .version = row.version, .digest = row.digest, .change = change}));
  if (change != log::RulesChange::proposed) {
    TRYV(unit.transaction().run(
        store::Sql{"INSERT INTO rules_in_force (log_index, rule_id, version) VALUES ($1, $2, $3)"},
        {as_int(index), std::string_view{row.id}, std::string_view{row.version}}));
  }
  return index;
}

// Whoever is a citizen and has no timeline of this generation. Once nobody is missing nobody will be: imports write
// the timelines of a proposal from its commit on.
Result<bool> is_anybody_missing(store::Transaction& transaction, std::uint64_t generation) {
  TRY(missing,
      transaction.run(store::Sql{"SELECT c.citizen_ref FROM citizen c WHERE NOT EXISTS (SELECT 1 FROM timeline t WHERE "
                                 "t.citizen_ref = c.citizen_ref AND t.generation = $1) LIMIT 1"},
                      {as_int(generation)}));
  return missing != 0;
}

}  // namespace

std::string_view name_of(RuleSetState state) noexcept {
  switch (state) {
    case RuleSetState::proposed: return "proposed";
    case RuleSetState::active: return "active";
    case RuleSetState::previous: return "previous";
    case RuleSetState::retired:
    case RuleSetState::cleared: break;
  }
  return "retired";
}

Result<void> install_rule_set(LoggedUnit& unit, const store::KeyRing& ring, const domain::RuleSet& rules,
                              std::string_view document) {
  TRY(generation, store::read_timeline_generation(unit.transaction()));
  const RuleSetRow row{.id = rules.id(),
                       .version = rules.version(),
                       .digest = rules.digest(),
                       .state = RuleSetState::active,
                       .generation = generation,
                       .changed_at = unit.now()};
  TRYV(put_row(unit.transaction(), ring, row, document));
  TRYV(log_change(unit, row, log::RulesChange::activated));
  return ok();
}

Result<RuleSetRow> propose_rule_set(const Platform& platform, std::string_view document) {
  TRY(rules, domain::RuleSet::parse(document));
  const auto failing = domain::failing_cases(rules);
  if (!failing.empty()) {
    return fail(Errc::invalid_argument, std::to_string(failing.size()) + " of its own cases fail: " + failing.front());
  }
  if (rules.valid_to() <= platform.clock.now()) return fail(Errc::invalid_argument, "its time is over");
  RuleSetRow proposal{.id = rules.id(),
                      .version = rules.version(),
                      .digest = rules.digest(),
                      .state = RuleSetState::proposed,
                      .generation = 0,
                      .changed_at = {}};
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rows(unit.transaction()));
    if (const auto* known = find(rows, rules.name())) {
      if (!equal_secret(known->digest, rules.digest())) {
        return fail(Errc::conflict, rules.name() + " is another document: give this one a version of its own");
      }
      if (known->state == RuleSetState::proposed) {
        proposal = *known;
        return ok();
      }
      // It would get another generation, and nobody would remember which timelines are left of this one.
      if (known->state == RuleSetState::retired) {
        return fail(Errc::conflict, "its timelines of before are still being removed: propose it again in a minute");
      }
      if (is_kept(*known)) return fail(Errc::conflict, rules.name() + " is " + std::string{name_of(known->state)});
    }
    if (const auto* earlier = find(rows, RuleSetState::proposed)) {
      TRYV(move_row(unit, *earlier, RuleSetState::retired));
    }
    proposal.generation = rows.empty() ? 1 : rows.front().generation + 1;
    proposal.changed_at = unit.now();
    TRYV(put_row(unit.transaction(), platform.ring, proposal, document));
    TRYV(log_change(unit, proposal, log::RulesChange::proposed));
    return ok();
  }));
  return proposal;
}

Result<std::uint64_t> activate_rule_set(const Platform& platform, std::string_view name) {
  std::uint64_t complete = 0;  // the generation that was found whole, before the head is locked: it may take a while
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, read_rows(transaction));
    const auto* proposal = find(rows, name);
    if (proposal == nullptr) return fail(Errc::not_found, "no such rule set");
    TRY(is_missing, is_anybody_missing(transaction, proposal->generation));
    if (is_missing) return fail(Errc::conflict, "not everybody's timeline is derived yet: propose it again to go on");
    TRY(rules, open_rule_set(transaction, platform.ring, *proposal));
    const auto now = platform.clock.now();
    if (now < rules.valid_from() || now >= rules.valid_to()) {
      return fail(Errc::invalid_argument,
                  "valid from " + rfc3339(rules.valid_from()) + " to " + rfc3339(rules.valid_to()));
    }
    complete = proposal->generation;
    return ok();
  }));
  std::uint64_t index = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rows(unit.transaction()));
    const auto* proposal = find(rows, name);
    if (proposal == nullptr || proposal->state != RuleSetState::proposed || proposal->generation != complete) {
      const auto state = proposal == nullptr ? RuleSetState::retired : proposal->state;
      return fail(Errc::conflict, std::string{name} + " is " + std::string{name_of(state)} + ", not proposed");
    }
    if (const auto* previous = find(rows, RuleSetState::previous)) {
      TRYV(move_row(unit, *previous, RuleSetState::retired));
    }
    if (const auto* active = find(rows, RuleSetState::active)) {
      TRYV(move_row(unit, *active, RuleSetState::previous));
    }
    TRYV(move_row(unit, *proposal, RuleSetState::active));
    TRYV(store::switch_timeline_generation(unit.transaction(), proposal->generation));
    TRY(at, log_change(unit, *proposal, log::RulesChange::activated));
    index = at;
    return ok();
  }));
  return index;
}

Result<std::uint64_t> roll_back_rule_set(const Platform& platform) {
  std::uint64_t index = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rows(unit.transaction()));
    const auto* previous = find(rows, RuleSetState::previous);
    const auto* active = find(rows, RuleSetState::active);
    if (previous == nullptr || active == nullptr) return fail(Errc::not_found, "there is no rule set before this one");
    TRYV(move_row(unit, *active, RuleSetState::previous));
    TRYV(move_row(unit, *previous, RuleSetState::active));
    TRYV(store::switch_timeline_generation(unit.transaction(), previous->generation));
    TRY(at, log_change(unit, *previous, log::RulesChange::rolled_back));
    index = at;
    return ok();
  }));
  return index;
}

Result<std::vector<RuleSetRow>> list_rule_sets(const Platform& platform) {
  std::vector<RuleSetRow> rows;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, read_rows(transaction));
    rows = std::move(found);
    return ok();
  }));
  return rows;
}

Result<domain::RuleSet> active_rule_set(const Platform& platform) {
  std::optional<domain::RuleSet> rules;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, read_rows(transaction));
    const auto* active = find(rows, RuleSetState::active);
    if (active == nullptr) return fail(Errc::corrupt, "no rule set is active");
    TRY(opened, open_rule_set(transaction, platform.ring, *active));
    rules = std::move(opened);
    return ok();
  }));
  return std::move(*rules);
}

Result<std::vector<RuleSetRow>> hold_kept_rule_sets(store::Transaction& transaction) {
  if (transaction.engine() == store::Engine::postgresql) {
    TRYV(transaction.run(store::Sql{"SELECT generation FROM rule_set WHERE state = 2 FOR SHARE"}, {}));
  }
  TRY(rows, read_rows(transaction));
  std::erase_if(rows, [](const RuleSetRow& row) { return !is_kept(row); });
  return rows;
}

Result<std::optional<RuleSetRow>> find_proposed_rule_set(store::Transaction& transaction) {
  TRY(rows, read_rows(transaction));
  const auto* proposal = find(rows, RuleSetState::proposed);
  return proposal == nullptr ? std::optional<RuleSetRow>{} : std::optional{*proposal};
}

Result<domain::RuleSet> open_rule_set(store::Transaction& transaction, const store::KeyRing& ring,
                                      const RuleSetRow& row) {
  Bytes sealed;
  TRY(found, transaction.run(store::Sql{"SELECT sealed FROM rule_set WHERE rule_id = $1 AND version = $2"},
                             {std::string_view{row.id}, std::string_view{row.version}},
                             [&](const store::Row& stored) { sealed = to_bytes(stored.bytes(0)); }));
  if (found == 0) return fail(Errc::not_found, "no such rule set");
  const auto name = row.name();
  TRY(document, store::RowSealer{ring}.open(address(name), sealed));
  TRY(rules, domain::RuleSet::parse(as_text(document)));
  if (rules.name() != name) return fail(Errc::corrupt, "the rule set is another one than its row says");
  return rules;
}

}  // namespace lindung::service
