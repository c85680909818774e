#include "cli/text_input.h"

#include <cstddef>
#include <iostream>
#include <iterator>
#include <string>

#include "base/error.h"
#include "base/result.h"

namespace lindung::cli {
Result<std::string> text_input(const std::string& argument) {
  constexpr std::size_t limit = 4'096;
  if (argument != "-") return argument;
  std::string text;
  for (std::istreambuf_iterator<char> at{std::cin}, end; at != end; ++at) {
    if (text.size() == limit) return fail(Errc::too_large, "more than 4096 bytes of text");
    text += *at;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace lindung::cli
