#include "service/rule_sets.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/rule_document.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/officers.h"
#include "service/platform.h"
#include "service/rule_set_rows.h"
#include "store/database.h"
#include "store/log_head.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

// Once officers are registered, one of them stands behind every document. A signer who is none counts for nothing: the
// author of the rules may have signed too.
Result<void> check_signers(store::Transaction& transaction, const domain::RuleDocument& document) {
  TRY(keys, read_officer_keys(transaction));
  if (keys.empty()) return ok();
  std::size_t valid = 0;
  for (const auto& signature : document.signatures()) {
    const auto key = keys.find(OfficerId{signature.signer});
    if (key == keys.end()) continue;
    if (!document.verifies(signature, key->second)) {
      return fail(Errc::denied, "the signature of " + signature.signer + " is not of this document and their key");
    }
    ++valid;
  }
  if (valid == 0) return fail(Errc::denied, "a registered officer must sign the document: lindung rules sign");
  return ok();
}

Result<void> with_active(const Platform& platform,
                         const std::function<Result<void>(store::Transaction&, const RuleSetRow&)>& use) {
  return platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, read_rule_sets(transaction));
    const auto* active = find_rule_set(rows, RuleSetState::active);
    if (active == nullptr) return fail(Errc::corrupt, "no rule set is active");
    return use(transaction, *active);
  });
}

}  // namespace

Result<void> install_rule_set(LoggedUnit& unit, const store::KeyRing& ring, const domain::RuleSet& rules,
                              std::string_view document) {
  TRY(generation, store::read_timeline_generation(unit.transaction()));
  const RuleSetRow row{.id = rules.id(),
                       .version = rules.version(),
                       .digest = rules.digest(),
                       .state = RuleSetState::active,
                       .generation = generation,
                       .changed_at = unit.now()};
  TRYV(put_rule_set(unit.transaction(), ring, row, document));
  TRYV(log_rules_change(unit, row, log::RulesChange::activated));
  return ok();
}

Result<RuleSetRow> propose_rule_set(const Platform& platform, std::string_view file) {
  TRY(document, domain::RuleDocument::read(file));
  TRY(rules, domain::RuleSet::parse(document.content()));
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
    TRYV(check_signers(unit.transaction(), document));
    TRYV(lock_kept_rule_sets(unit.transaction()));
    TRY(rows, read_rule_sets(unit.transaction()));
    if (const auto* known = find_rule_set(rows, rules.name())) {
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
      if (is_kept(*known)) return fail(Errc::conflict, rules.name() + " is " + std::string{state_name(*known)});
    }
    if (const auto* earlier = find_rule_set(rows, RuleSetState::proposed)) {
      // Two officers announced it: one does not drop it in passing.
      if (earlier->announced_for) {
        return fail(Errc::conflict, earlier->name() + " is announced: lindung rules cancel " + earlier->name());
      }
      TRYV(move_rule_set(unit, *earlier, RuleSetState::retired));
    }
    proposal.generation = rows.empty() ? 1 : rows.front().generation + 1;
    proposal.changed_at = unit.now();
    TRYV(put_rule_set(unit.transaction(), platform.ring, proposal, file));
    TRYV(log_rules_change(unit, proposal, log::RulesChange::proposed));
    return ok();
  }));
  return proposal;
}

Result<std::vector<RuleSetRow>> list_rule_sets(const Platform& platform) {
  std::vector<RuleSetRow> rows;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, read_rule_sets(transaction));
    rows = std::move(found);
    return ok();
  }));
  return rows;
}

Result<domain::RuleSet> active_rule_set(const Platform& platform) {
  std::optional<domain::RuleSet> rules;
  TRYV(with_active(platform, [&](store::Transaction& transaction, const RuleSetRow& active) -> Result<void> {
    TRY(opened, open_rule_set(transaction, platform.ring, active));
    rules = std::move(opened);
    return ok();
  }));
  return std::move(*rules);
}

Result<std::vector<std::string>> active_rule_set_signers(const Platform& platform) {
  std::vector<std::string> signers;
  TRYV(with_active(platform, [&](store::Transaction& transaction, const RuleSetRow& active) -> Result<void> {
    TRY(document, open_rule_document(transaction, platform.ring, active));
    for (const auto& signature : document.signatures()) signers.push_back(signature.signer);
    return ok();
  }));
  return signers;
}

}  // namespace lindung::service
