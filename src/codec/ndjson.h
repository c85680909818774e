// Newline-delimited JSON cut into lines, for imports: each line keeps its number, so that a rejection can name it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace lindung::codec {

struct NdjsonLine {
  std::size_t number{};   // from 1, blank lines counted
  std::string_view text;  // without its end
};

// Goes over bytes that outlive it. A line ends with LF or CR LF; the last one may have no end. Lines of nothing but
// spaces and tabs are passed over.
class NdjsonLines {
 public:
  // Units: bytes of one line, without its end.
  explicit NdjsonLines(std::string_view text, std::size_t line_limit = std::size_t{1} << 20U) noexcept
      : rest_{text}, line_limit_{line_limit} {}

  // None at the end. Errors: too_large, with number = line, for a line over the limit; the next call goes on behind it.
  [[nodiscard]] Result<std::optional<NdjsonLine>> next();

 private:
  std::string_view rest_;
  std::size_t line_limit_;
  std::size_t number_{};
};

}  // namespace lindung::codec
