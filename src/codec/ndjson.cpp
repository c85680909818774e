// Only finds the ends of lines: JSON has no raw newline inside a value (RFC 8259 section 7).
#include "codec/ndjson.h"

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace lindung::codec {

Result<std::optional<NdjsonLine>> NdjsonLines::next() {
  while (!rest_.empty()) {
    const auto end = rest_.find('\n');
    auto line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > line_limit_) {
      return fail(Errc::too_large,
                  "line " + std::to_string(number_) + " is over " + std::to_string(line_limit_) + " bytes", number_);
    }
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    return std::optional{NdjsonLine{.number = number_, .text = line}};
  }
  return std::optional<NdjsonLine>{};
}

}  // namespace lindung::codec
