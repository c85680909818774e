#include "service/rule_set_rows.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_document.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;

std::int64_t as_int(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::int64_t as_int(RuleSetState state) { return static_cast<std::int64_t>(state); }
std::int64_t as_int(Moment at) { return as_int(unix_seconds(at)); }

store::RowAddress address(std::string_view name) {
  return {.table = "rule_set", .primary_key = as_bytes(name), .version = row_version};
}

RuleSetRow row_of(const store::Row& row) {
  const auto moment = [&](int column) { return moment_of(static_cast<std::uint64_t>(row.integer(column))); };
  return {.id = std::string{row.text(0)},
          .version = std::string{row.text(1)},
          .digest = take<32>(row.bytes(2)),
          .state = static_cast<RuleSetState>(row.integer(3)),
          .generation = static_cast<std::uint64_t>(row.integer(4)),
          .changed_at = moment(5),
          .announced_for = row.is_null(6) ? std::nullopt : std::optional{moment(6)}};
}

}  // namespace

std::string_view state_name(const RuleSetRow& row) noexcept {
  switch (row.state) {
    case RuleSetState::proposed: return row.announced_for ? "announced" : "proposed";
    case RuleSetState::active: return "active";
    case RuleSetState::previous: return "previous";
    case RuleSetState::retired:
    case RuleSetState::cleared: break;
  }
  return "retired";
}

bool is_kept(const RuleSetRow& row) noexcept { return row.state < RuleSetState::retired; }

Result<std::vector<RuleSetRow>> read_rule_sets(store::Transaction& transaction) {
  std::vector<RuleSetRow> rows;
  TRYV(transaction.run(store::Sql{"SELECT rule_id, version, digest, state, generation, changed_at, announced_for "
                                  "FROM rule_set ORDER BY generation DESC"},
                       {}, [&](const store::Row& row) { rows.push_back(row_of(row)); }));
  return rows;
}

const RuleSetRow* find_rule_set(const std::vector<RuleSetRow>& rows, RuleSetState state) {
  const auto at = std::ranges::find(rows, state, &RuleSetRow::state);
  return at == rows.end() ? nullptr : &*at;
}

const RuleSetRow* find_rule_set(const std::vector<RuleSetRow>& rows, std::string_view name) {
  const auto at = std::ranges::find(rows, name, &RuleSetRow::name);
  return at == rows.end() ? nullptr : &*at;
}

// SQLite has one writer: nothing to wait for.
Result<void> lock_kept_rule_sets(store::Transaction& transaction) {
  if (transaction.engine() == store::Engine::sqlite) return ok();
  TRYV(transaction.run(store::Sql{"SELECT generation FROM rule_set WHERE state = 2 FOR UPDATE"}, {}));
  return ok();
}

Result<std::vector<RuleSetRow>> hold_kept_rule_sets(store::Transaction& transaction) {
  if (transaction.engine() == store::Engine::postgresql) {
    TRYV(transaction.run(store::Sql{"SELECT generation FROM rule_set WHERE state = 2 FOR SHARE"}, {}));
  }
  TRY(rows, read_rule_sets(transaction));
  std::erase_if(rows, [](const RuleSetRow& row) { return !is_kept(row); });
  return rows;
}

Result<std::optional<RuleSetRow>> find_proposed_rule_set(store::Transaction& transaction) {
  TRY(rows, read_rule_sets(transaction));
  const auto* proposal = find_rule_set(rows, RuleSetState::proposed);
  return proposal == nullptr ? std::optional<RuleSetRow>{} : std::optional{*proposal};
}

// A set that was cleared may be proposed again, with other signatures under the same document.
Result<void> put_rule_set(store::Transaction& transaction, const store::KeyRing& ring, const RuleSetRow& row,
                          std::string_view file) {
  const auto name = row.name();
  TRY(sealed, store::RowSealer{ring}.seal(address(name), as_bytes(file)));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO rule_set (rule_id, version, digest, state, generation, changed_at, sealed) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (rule_id, version) DO UPDATE SET "
                 "state = excluded.state, generation = excluded.generation, changed_at = excluded.changed_at, "
                 "sealed = excluded.sealed"},
      {std::string_view{row.id}, std::string_view{row.version}, BytesView{row.digest}, as_int(row.state),
       as_int(row.generation), as_int(row.changed_at), BytesView{sealed}}));
  return ok();
}

Result<void> move_rule_set(LoggedUnit& unit, const RuleSetRow& row, RuleSetState state) {
  TRYV(unit.transaction().run(
      store::Sql{"UPDATE rule_set SET state = $3, changed_at = $4, announced_for = NULL "
                 "WHERE rule_id = $1 AND version = $2"},
      {std::string_view{row.id}, std::string_view{row.version}, as_int(state), as_int(unit.now())}));
  return ok();
}

Result<void> announce_row(LoggedUnit& unit, const RuleSetRow& row, Moment at) {
  TRYV(unit.transaction().run(
      store::Sql{"UPDATE rule_set SET announced_for = $3, changed_at = $4 WHERE rule_id = $1 AND version = $2"},
      {std::string_view{row.id}, std::string_view{row.version}, as_int(at), as_int(unit.now())}));
  return ok();
}

Result<std::uint64_t> log_rules_change(LoggedUnit& unit, const RuleSetRow& row, log::RulesChange change) {
  TRY(index, unit.log(log::RulesEntry{
                 .at = unit.now(), .id = row.id, .version = row.version, .digest = row.digest, .change = change}));
  if (change != log::RulesChange::proposed) {
    TRYV(unit.transaction().run(
        store::Sql{"INSERT INTO rules_in_force (log_index, rule_id, version) VALUES ($1, $2, $3)"},
        {as_int(index), std::string_view{row.id}, std::string_view{row.version}}));
  }
  return index;
}

Result<domain::RuleDocument> open_rule_document(store::Transaction& transaction, const store::KeyRing& ring,
                                                const RuleSetRow& row) {
  Bytes sealed;
  TRY(found, transaction.run(store::Sql{"SELECT sealed FROM rule_set WHERE rule_id = $1 AND version = $2"},
                             {std::string_view{row.id}, std::string_view{row.version}},
                             [&](const store::Row& stored) { sealed = to_bytes(stored.bytes(0)); }));
  if (found == 0) return fail(Errc::not_found, "no such rule set");
  const auto name = row.name();
  TRY(file, store::RowSealer{ring}.open(address(name), sealed));
  return domain::RuleDocument::read(as_text(file));
}

Result<domain::RuleSet> open_rule_set(store::Transaction& transaction, const store::KeyRing& ring,
                                      const RuleSetRow& row) {
  TRY(document, open_rule_document(transaction, ring, row));
  TRY(rules, domain::RuleSet::parse(document.content()));
  if (rules.name() != row.name()) return fail(Errc::corrupt, "the rule set is another one than its row says");
  return rules;
}

}  // namespace lindung::service
