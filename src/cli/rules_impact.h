// `lindung rules impact`: has the server count, part by part, and shows what it tells.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/context.h"

namespace lindung::cli {

[[nodiscard]] Result<boost::json::value> rules_impact(const Context& context, const std::string& path,
                                                      std::size_t file_limit, std::uint64_t days);

// Tables: by day, then by province and by age for the first day.
void print_rules_impact(const boost::json::value& impact);

}  // namespace lindung::cli
