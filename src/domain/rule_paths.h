// The paths that the logic of a rule document may read: what the question gives it, its value sets, and the definitions
// that stand before it.
#pragma once

#include <boost/json/value.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace lindung::domain {

class RulePaths {
 public:
  // False where it is known already.
  bool add(std::string path) { return known_.insert(std::move(path)).second; }
  // "external.valueSets.NAME" of each. False where they are not an object of named lists of texts.
  [[nodiscard]] bool add_value_sets(const boost::json::value& sets);

  // What is wrong with logic that compiles, as words behind its place; empty: nothing. Stricter than the evaluator,
  // which lets surplus operands pass.
  [[nodiscard]] std::string fault_of(const boost::json::value& logic) const;

 private:
  [[nodiscard]] bool is_known(std::string_view path) const;

  std::set<std::string> known_;
};

}  // namespace lindung::domain
