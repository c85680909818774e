#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "domain/rule_set.h"
#include "service/derivation.h"
#include "service/rule_activation.h"
#include "service/rule_sets.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Object describe(const service::RuleSetRow& row) {
  Object out{{"rules", row.name()},
             {"state", service::state_name(row)},
             {"digest", codec::hex(row.digest)},
             {"generation", row.generation},
             {"since", rfc3339(row.changed_at)}};
  if (row.announced_for) out["announced_for"] = rfc3339(*row.announced_for);
  return out;
}

Result<json::value> propose(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"document"}));
  TRY(document, arguments.text("document"));
  TRY(row, service::propose_rule_set(at.platform, document));
  return describe(row);
}

// One part of the work that a proposal leaves; the caller asks again with `last` until there is none.
Result<json::value> derivation(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(progress, service::derivation_progress(at.platform));
  if (!progress) return fail(Errc::conflict, "no rule set is proposed");
  return Object{{"citizens", progress->citizens}, {"of", progress->of}, {"complete", progress->is_complete}};
}

struct Switch {
  std::string rules;
  std::optional<Moment> at;
};

Result<Switch> switch_of(const Object& object) {
  TRY(arguments, Arguments::read(object, {"rules", "at"}));
  TRY(rules, arguments.text("rules"));
  Switch wanted{.rules = std::move(rules), .at = {}};
  if (arguments.has("at")) {
    TRY(text, arguments.text("at"));
    TRY(at, parse_rfc3339(text));
    wanted.at = at;
  }
  return wanted;
}

Result<json::value> activate(const AdminGround& at, const Object& object) {
  TRY(wanted, switch_of(object));
  TRY(done, service::activate_rule_set(at.platform, wanted.rules, at.rule_terms, wanted.at));
  if (done.log_index) return Object{{"rules", wanted.rules}, {"state", "active"}, {"log_index", *done.log_index}};
  return Object{{"rules", wanted.rules}, {"state", "announced"}, {"announced_for", rfc3339(done.at)}};
}

// Two officers, or three when many people's colours change with it.
Result<NeededOfficers> officers_to_activate(const AdminGround& at, const Object& object) {
  TRY(wanted, switch_of(object));
  const auto earliest = at.platform.clock.now() + at.rule_terms.notice;
  TRY(changes, service::count_colour_changes(at.platform, wanted.rules, wanted.at.value_or(earliest)));
  const auto percent = at.rule_terms.third_approval_percent;
  if (!changes.is_above(percent)) return NeededOfficers{.officers = 2};
  return NeededOfficers{.officers = 3,
                        .why = "the colour of more than " + std::to_string(percent) + " % of the citizens changes"};
}

Result<json::value> cancel(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"rules"}));
  TRY(name, arguments.text("rules"));
  TRY(row, service::cancel_rule_set(at.platform, name));
  return describe(row);
}

Result<json::value> roll_back(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(index, service::roll_back_rule_set(at.platform));
  TRY(rules, service::active_rule_set(at.platform));
  return Object{{"rules", rules.name()}, {"state", "active"}, {"log_index", index}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(rows, service::list_rule_sets(at.platform));
  json::array out;
  for (const auto& row : rows) out.emplace_back(describe(row));
  return Object{{"rule_sets", std::move(out)}};
}

Result<json::value> show(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(rules, service::active_rule_set(at.platform));
  json::array colours;
  for (const auto& rule : rules.colours()) {
    colours.emplace_back(
        Object{{"rule", rule.id}, {"colour", domain::name_of(rule.colour)}, {"reason", rule.reason.en}});
  }
  TRY(names, service::active_rule_set_signers(at.platform));
  json::array signers;
  for (const auto& name : names) signers.emplace_back(name);
  TRY(rows, service::list_rule_sets(at.platform));
  Object out{{"rules", rules.name()},
             {"digest", codec::hex(rules.digest())},
             {"signers", std::move(signers)},
             {"valid_from", rfc3339(rules.valid_from())},
             {"valid_to", rfc3339(rules.valid_to())},
             {"colours", std::move(colours)}};
  const auto* proposal = service::find_rule_set(rows, service::RuleSetState::proposed);
  if (proposal != nullptr && proposal->announced_for) {
    out["next"] = proposal->name();
    out["next_from"] = rfc3339(*proposal->announced_for);
  }
  return out;
}

}  // namespace

std::vector<AdminCommand> rules_commands() {
  return {{.name = "rules/propose", .officers = 1, .run = propose},
          {.name = "rules/derivation", .officers = 0, .run = derivation},
          {.name = "rules/activate", .officers = 2, .run = activate, .needs = officers_to_activate},
          {.name = "rules/cancel", .officers = 1, .run = cancel},
          {.name = "rules/rollback", .officers = 2, .run = roll_back},
          {.name = "rules/list", .officers = 0, .run = list},
          {.name = "rules/show", .officers = 0, .run = show}};
}

}  // namespace lindung::api
