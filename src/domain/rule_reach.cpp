// Which colour rules can never decide.
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "domain/rule_check.h"
#include "domain/rule_formula.h"

namespace lindung::domain {

std::vector<Finding> dead_rules(const json::value& document) {
  Formulas formulas{document};
  for (const auto& definition : document.at("definitions").as_array()) {
    formulas.define(definition.at("id").as_string(), formulas.of(definition.at("logic")));
  }
  std::vector<Finding> findings;
  const auto& rules = document.at("colours").as_array();
  std::vector<Formulas::Place> conditions;
  auto nobody_yet = formulas.constant(true);  // that no rule before applies
  for (std::size_t i = 0; i + 1 < rules.size(); ++i) {
    const auto condition = formulas.of(rules[i].at("logic"));
    const auto report = [&](std::string why) {
      findings.push_back({.pointer = "/colours/" + std::to_string(i),
                          .message = std::string{rules[i].at("id").as_string()} + " can never decide: " + why});
    };
    if (!formulas.may_be_true(condition)) {
      report("its condition contradicts itself");
    } else if (!formulas.may_be_true(formulas.both(nobody_yet, condition))) {
      std::string hiding;
      for (std::size_t earlier = 0; earlier < i && hiding.empty(); ++earlier) {
        if (!formulas.may_be_true(formulas.both(formulas.negation(conditions[earlier]), condition))) {
          hiding = rules[earlier].at("id").as_string();
        }
      }
      report(hiding.empty() ? "the rules before it together apply wherever it would"
                            : hiding + " before it applies wherever it would");
    }
    conditions.push_back(condition);
    nobody_yet = formulas.both(nobody_yet, formulas.negation(condition));
  }
  return findings;
}

}  // namespace lindung::domain
