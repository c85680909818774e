// Which branches of a rule set its own cases take.
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/certlogic.h"
#include "domain/derive.h"
#include "domain/rule_check.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

// The branches of one list of the document: definitions, colours or policies.
void add_branches(std::vector<Branch>& branches, std::string_view list, const auto& compiled,
                  const json::value& document, const Assessor::Visited& visited) {
  const auto& items = document.at(list).as_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& expression = compiled[i].logic;
    const std::string place = "/" + std::string{list} + "/" + std::to_string(i) + "/logic";
    const auto counted = visited.find(&expression.program());
    for (const auto& condition : certlogic::conditions(expression, items[i].at("logic"))) {
      const auto seen =
          counted == visited.end() ? certlogic::Visits::Outcomes{} : counted->second.nodes[condition.node];
      branches.push_back({.pointer = place + condition.pointer, .outcome = true, .taken = seen.truthy});
      branches.push_back({.pointer = place + condition.pointer, .outcome = false, .taken = seen.falsy});
    }
  }
}

}  // namespace

std::vector<Branch> case_coverage(const RuleSet& rules, const json::value& document) {
  Assessor::Visited visited;
  Assessor assessor{rules};
  assessor.count_visits(&visited);
  for (const auto& each : rules.cases()) {
    assessor.load(each.payload);
    static_cast<void>(assessor.at(each.at));  // a case that fails has taken its branches all the same
  }
  std::vector<Branch> branches;
  add_branches(branches, "definitions", rules.definitions(), document, visited);
  add_branches(branches, "colours", rules.colours(), document, visited);
  add_branches(branches, "policies", rules.policies(), document, visited);
  return branches;
}

}  // namespace lindung::domain
