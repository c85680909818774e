// The one spelling of a JSON value that signatures are made over (RFC 8785, JSON Canonicalization Scheme).
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "base/result.h"

namespace lindung::codec {

// Shape: a value that parse_json gave, so that no name stands twice. Numbers are doubles, as everywhere in RFC 8785.
// Errors: malformed for a number that no JSON holds.
[[nodiscard]] Result<std::string> canonical_json(const boost::json::value& value);

}  // namespace lindung::codec
