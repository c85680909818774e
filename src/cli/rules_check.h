// `lindung rules check`: everything that can be said of a rule set without a server.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>

#include "base/result.h"

namespace lindung::cli {

// Errors: those of reading the file and of RuleSet::parse.
[[nodiscard]] Result<boost::json::value> check_rules(const std::string& path, std::size_t file_limit);
// Whether types, cases and reach are good and at least this percentage of the branches is covered.
[[nodiscard]] bool passes(const boost::json::value& checked, double least_coverage);
void print_rules_check(const boost::json::value& checked);

}  // namespace lindung::cli
