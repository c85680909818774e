// What can be said of a rule set without any citizen: whether its types fit, which rules can never decide, and which
// branches its own cases take. All of it works on the JSON of a document that RuleSet::parse accepted.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/rule_set.h"

namespace lindung::domain {

struct Finding {
  std::string pointer;  // JSON pointer into the document
  std::string message;
};

// Operands that can never fit what the operation takes, comparisons that can never be true, paths under which there is
// never anything. What may fit is not reported: logic that is sound for the records of record.h has no findings.
[[nodiscard]] std::vector<Finding> type_findings(const json::value& document);

// Colour rules that can never decide, whatever the records: their condition contradicts itself, or rules before them
// always apply where they would. What is reported is certain; not everything that is so is found (data/rules/README.md
// says what is). The last rule, which every document must have, is never reported.
[[nodiscard]] std::vector<Finding> dead_rules(const json::value& document);

// One outcome of one condition, and how often the document's own cases came to it.
struct Branch {
  std::string pointer;
  bool outcome{};
  std::uint64_t taken{};
};
[[nodiscard]] std::vector<Branch> case_coverage(const RuleSet& rules, const json::value& document);

}  // namespace lindung::domain
