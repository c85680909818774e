// JSON (RFC 8259) read under limits, written compactly; Boost.JSON behind one door.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::codec {

namespace json = boost::json;

struct JsonLimits {
  std::size_t bytes{1U << 20U};
  std::size_t depth{32};
};

// Errors: too_large over `bytes`; malformed (with the offset) for bad syntax, over `depth`, duplicate names in an
// object, invalid UTF-8, trailing text.
[[nodiscard]] Result<json::value> parse_json(std::string_view text, JsonLimits limits = {});

[[nodiscard]] std::string to_text(const json::value& value);
// Two spaces an indent, for people.
[[nodiscard]] std::string to_pretty_text(const json::value& value);

}  // namespace lindung::codec
