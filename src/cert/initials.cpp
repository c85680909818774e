#include "cert/initials.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lindung::cert {

std::string initial(std::string_view name) {
  const auto begin = name.find_first_not_of(" <");
  if (begin == std::string_view::npos) return {};
  name.remove_prefix(begin);
  std::size_t size = 1;
  while (size < name.size() && (static_cast<std::uint8_t>(name[size]) & 0xc0U) == 0x80U) ++size;
  std::string out{name.substr(0, size)};
  if (size == 1 && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string initials_of_words(std::string_view name) {
  constexpr int most = 3;
  std::string out;
  for (int words = 0; words < most && !name.empty(); ++words) {
    const auto end = std::min(name.find(' '), name.size());
    out += initial(name.substr(0, end));
    name.remove_prefix(end);
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  }
  return out;
}

}  // namespace lindung::cert
