#include "service/rule_activation.h"

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
#include "log/entry.h"
#include "service/install.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/rule_set_rows.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

auto incomplete(const RuleSetRow& row) {
  return fail(Errc::conflict, "not everybody's timeline under " + row.name() + " is derived yet: the server is at it");
}

// Whoever is a citizen and has no timeline of this generation. Once nobody is missing nobody will be: imports write
// the timelines of a proposal from its commit on.
Result<void> check_complete(store::Transaction& transaction, const RuleSetRow& row) {
  TRY(missing,
      transaction.run(store::Sql{"SELECT c.citizen_ref FROM citizen c WHERE NOT EXISTS (SELECT 1 FROM timeline t WHERE "
                                 "t.citizen_ref = c.citizen_ref AND t.generation = $1) LIMIT 1"},
                      {static_cast<std::int64_t>(row.generation)}));
  if (missing != 0) return incomplete(row);
  return ok();
}

// What takes a while is looked at before the head is locked: that everybody's timeline is there, and that the set is
// valid at the moment of the switch.
Result<void> check_ready(const Platform& platform, const RuleSetRow& row, Moment at) {
  return platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(check_complete(transaction, row));
    TRY(rules, open_rule_set(transaction, platform.ring, row));
    if (at < rules.valid_from() || at >= rules.valid_to()) {
      return fail(Errc::invalid_argument,
                  row.name() + " is valid from " + rfc3339(rules.valid_from()) + " to " + rfc3339(rules.valid_to()));
    }
    return ok();
  });
}

Result<std::vector<RuleSetRow>> rows_of(const Platform& platform) {
  std::vector<RuleSetRow> rows;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, read_rule_sets(transaction));
    rows = std::move(found);
    return ok();
  }));
  return rows;
}

Result<RuleSetRow> find_named(const Platform& platform, std::string_view name) {
  TRY(rows, rows_of(platform));
  const auto* row = find_rule_set(rows, name);
  if (row == nullptr) return fail(Errc::not_found, "no such rule set");
  return *row;
}

// The proposal as it was when it was looked at; its generation is given once.
bool is_still(const RuleSetRow* row, const RuleSetRow& seen) {
  return row != nullptr && row->state == RuleSetState::proposed && row->generation == seen.generation &&
         row->announced_for == seen.announced_for;
}

auto refuse_state(const RuleSetRow& row) {
  std::string text = row.name() + " is " + std::string{state_name(row)};
  if (row.announced_for) text += " for " + rfc3339(*row.announced_for);
  return fail(Errc::conflict, text + ", not proposed");
}

// The switch, inside a unit that holds the kept rule sets.
Result<std::uint64_t> switch_to(LoggedUnit& unit, const std::vector<RuleSetRow>& rows, const RuleSetRow& proposal) {
  if (const auto* previous = find_rule_set(rows, RuleSetState::previous)) {
    TRYV(move_rule_set(unit, *previous, RuleSetState::retired));
  }
  if (const auto* active = find_rule_set(rows, RuleSetState::active)) {
    TRYV(move_rule_set(unit, *active, RuleSetState::previous));
  }
  TRYV(move_rule_set(unit, proposal, RuleSetState::active));
  TRYV(store::switch_timeline_generation(unit.transaction(), proposal.generation));
  return log_rules_change(unit, proposal, log::RulesChange::activated);
}

// The officers' own commands stand in the log before it; this entry says for which document.
Result<void> log_action(LoggedUnit& unit, std::string_view action, const RuleSetRow& row) {
  TRYV(unit.log(log::OfficerEntry{
      .at = unit.now(), .action = std::string{action}, .officer_key_digest = {}, .case_digest = row.digest}));
  return ok();
}

constexpr std::size_t citizens_a_read = 200;

// The next citizens behind `after`; empty at the end.
Result<std::vector<CitizenRef>> next_refs(store::Transaction& transaction, const CitizenRef* after) {
  std::vector<CitizenRef> refs;
  TRYV(transaction.run(
      store::Sql{"SELECT citizen_ref FROM citizen WHERE citizen_ref > $1 ORDER BY citizen_ref LIMIT $2"},
      {after == nullptr ? BytesView{} : after->bytes(), static_cast<std::int64_t>(citizens_a_read)},
      [&](const store::Row& row) { refs.emplace_back(take<16>(row.bytes(0))); }));
  return refs;
}

}  // namespace

Result<Activation> activate_rule_set(const Platform& platform, std::string_view name, const RuleTerms& terms,
                                     std::optional<Moment> at) {
  TRY(proposal, find_named(platform, name));
  if (proposal.state != RuleSetState::proposed || proposal.announced_for) {
    return refuse_state(proposal);
  }
  const auto now = platform.clock.now();
  const auto earliest = now + terms.notice;
  if (at && *at < earliest) return fail(Errc::invalid_argument, "not sooner than " + rfc3339(earliest));
  Activation activation{.at = at.value_or(earliest), .log_index = {}};
  const bool is_announced = activation.at > now;
  TRYV(check_ready(platform, proposal, activation.at));
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rule_sets(unit.transaction()));
    const auto* row = find_rule_set(rows, name);
    if (!is_still(row, proposal)) return fail(Errc::conflict, std::string{name} + " is no longer proposed");
    if (is_announced) {
      TRYV(announce_row(unit, *row, activation.at));
      return log_action(unit, "rules-announced", *row);
    }
    TRY(index, switch_to(unit, rows, *row));
    activation.log_index = index;
    return ok();
  }));
  return activation;
}

Result<std::optional<Moment>> next_switch(const Platform& platform) {
  TRY(rows, rows_of(platform));
  const auto* proposal = find_rule_set(rows, RuleSetState::proposed);
  return proposal == nullptr ? std::nullopt : proposal->announced_for;
}

Result<std::optional<RuleSetRow>> switch_announced(const Platform& platform) {
  TRY(seen, rows_of(platform));
  const auto* found = find_rule_set(seen, RuleSetState::proposed);
  const auto now = platform.clock.now();
  if (found == nullptr || !found->announced_for || *found->announced_for > now) return std::optional<RuleSetRow>{};
  TRYV(check_ready(platform, *found, now));
  std::optional<RuleSetRow> switched;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rule_sets(unit.transaction()));
    const auto* row = find_rule_set(rows, found->name());
    switched.reset();
    if (!is_still(row, *found)) return ok();  // cancelled, or another node did it
    TRYV(switch_to(unit, rows, *row));
    switched = *row;
    return ok();
  }));
  return switched;
}

Result<RuleSetRow> cancel_rule_set(const Platform& platform, std::string_view name) {
  RuleSetRow cancelled;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rule_sets(unit.transaction()));
    const auto* row = find_rule_set(rows, name);
    if (row == nullptr) return fail(Errc::not_found, "no such rule set");
    cancelled = *row;
    if (row->state != RuleSetState::proposed) return refuse_state(*row);
    cancelled.state = row->announced_for ? RuleSetState::proposed : RuleSetState::retired;
    cancelled.announced_for.reset();
    cancelled.changed_at = unit.now();
    TRYV(move_rule_set(unit, *row, cancelled.state));
    return log_action(unit, "rules-cancelled", *row);
  }));
  return cancelled;
}

Result<std::uint64_t> roll_back_rule_set(const Platform& platform) {
  std::uint64_t index = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rule_sets(unit.transaction()));
    const auto* previous = find_rule_set(rows, RuleSetState::previous);
    const auto* active = find_rule_set(rows, RuleSetState::active);
    if (previous == nullptr || active == nullptr) return fail(Errc::not_found, "there is no rule set before this one");
    TRYV(move_rule_set(unit, *active, RuleSetState::previous));
    TRYV(move_rule_set(unit, *previous, RuleSetState::active));
    TRYV(store::switch_timeline_generation(unit.transaction(), previous->generation));
    TRY(at, log_rules_change(unit, *previous, log::RulesChange::rolled_back));
    index = at;
    return ok();
  }));
  return index;
}

Result<ColourChanges> count_colour_changes(const Platform& platform, std::string_view name, Moment at) {
  TRY(proposal, find_named(platform, name));
  if (proposal.state != RuleSetState::proposed) {
    return refuse_state(proposal);
  }
  TRY(dummy, load_dummy(platform.database));
  ColourChanges counted;
  std::vector<CitizenRef> refs;
  do {
    const std::optional<CitizenRef> after = refs.empty() ? std::nullopt : std::optional{refs.back()};
    ColourChanges part;
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      part = {};
      TRY(serving, store::read_timeline_generation(transaction));
      TRY(next, next_refs(transaction, after ? &*after : nullptr));
      for (const auto& ref : next) {
        if (ref == dummy.citizen) continue;
        TRY(person, open_person(transaction, platform.ring, ref));
        const auto now = read_timeline(transaction, person, serving);
        if (now.has_error() && now.error().code == Errc::not_found) continue;  // erased
        const auto then = read_timeline(transaction, person, proposal.generation);
        if (then.has_error() && then.error().code == Errc::not_found) return incomplete(proposal);
        if (now.has_error()) return now.error();
        if (then.has_error()) return then.error();
        ++part.citizens;
        if (now.value().at(at).colour != then.value().at(at).colour) ++part.changed;
      }
      refs = std::move(next);
      return ok();
    }));
    counted.citizens += part.citizens;
    counted.changed += part.changed;
  } while (refs.size() == citizens_a_read);
  return counted;
}

}  // namespace lindung::service
