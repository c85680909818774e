#include "domain/rule_paths.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "domain/certlogic.h"
#include "domain/rule_name.h"

namespace lindung::domain {

bool RulePaths::add_value_sets(const boost::json::value& sets) {
  const auto* object = sets.if_object();
  if (object == nullptr) return false;
  for (const auto& set : *object) {
    const auto* values = set.value().if_array();
    const bool are_texts =
        values != nullptr && std::ranges::all_of(*values, [](const auto& v) { return v.is_string(); });
    if (!is_rule_name(set.key()) || !are_texts) return false;
    add("external.valueSets." + std::string{set.key()});
  }
  return true;
}

std::string RulePaths::fault_of(const boost::json::value& logic) const {
  const auto issues = certlogic::validate(logic);
  if (!issues.empty()) return "is not tidy: " + issues.front().message;
  for (const auto& path : certlogic::data_accesses(logic)) {
    if (!is_known(path)) return "reads \"" + path + "\", which there is not";
  }
  return {};
}

// A path may also go into what is known ("payload.tests.0").
bool RulePaths::is_known(std::string_view path) const {
  return std::ranges::any_of(known_, [path](const std::string& known) {
    return path.starts_with(known) && (path.size() == known.size() || path[known.size()] == '.');
  });
}

}  // namespace lindung::domain
