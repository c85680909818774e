#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
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
#include "service/rule_sets.h"
#include "service/timeline_sweep.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Object describe(const service::RuleSetRow& row) {
  return {{"rules", row.name()},
          {"state", service::name_of(row.state)},
          {"digest", codec::hex(row.digest)},
          {"generation", row.generation},
          {"since", rfc3339(row.changed_at)}};
}

Result<json::value> propose(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"document"}));
  TRY(document, arguments.text("document"));
  TRY(row, service::propose_rule_set(at.platform, document));
  return describe(row);
}

// One part of the work that a proposal leaves; the caller asks again with `last` until there is none.
Result<json::value> derive(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"after"}));
  std::optional<CitizenRef> after;
  if (arguments.has("after")) {
    TRY(bytes, arguments.bytes<16>("after"));
    after = CitizenRef{bytes};
  }
  TRY(part, service::derive_proposed(at.platform, after));
  Object out{{"citizens", part.citizens}};
  if (!after) {
    TRY(total, service::count_citizens(at.platform));
    out["of"] = total;
  }
  if (part.last) out["last"] = codec::hex(part.last->bytes());
  return out;
}

Result<json::value> activate(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"rules"}));
  TRY(name, arguments.text("rules"));
  TRY(index, service::activate_rule_set(at.platform, name));
  return Object{{"rules", name}, {"state", "active"}, {"log_index", index}};
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
  return Object{{"rules", rules.name()},
                {"digest", codec::hex(rules.digest())},
                {"valid_from", rfc3339(rules.valid_from())},
                {"valid_to", rfc3339(rules.valid_to())},
                {"colours", std::move(colours)}};
}

}  // namespace

std::vector<AdminCommand> rules_commands() {
  return {
      {.name = "rules/propose", .officers = 1, .run = propose},
      {.name = "rules/derive", .officers = 0, .run = derive},  // what the proposal, which an officer signed, asks for
      {.name = "rules/activate", .officers = 2, .run = activate},
      {.name = "rules/rollback", .officers = 2, .run = roll_back},
      {.name = "rules/list", .officers = 0, .run = list},
      {.name = "rules/show", .officers = 0, .run = show}};
}

}  // namespace lindung::api
