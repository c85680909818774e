// How rule documents and what stands in them are called.
#pragma once

#include <string_view>

namespace lindung::domain {

// "id-2021", "black-contact", "fresh_negative": nothing that a path or a log line could stumble over.
[[nodiscard]] bool is_rule_name(std::string_view text);

// "1.0.0"
[[nodiscard]] bool is_rule_version(std::string_view text);

}  // namespace lindung::domain
