#include "domain/mrz_names.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "domain/transliteration.h"

namespace lindung::domain {

namespace {

constexpr char filler = '<';

// At most `size` characters whose last is a letter: where the cut falls on a filler, the part before it gives a letter
// up for the first one of the part behind it.
std::string cut(const std::string& name, std::size_t size) {
  if (name.size() <= size) return name;
  auto out = name.substr(0, size);
  if (out.back() != filler) return out;
  const auto next = name.substr(size, 1);
  if (size >= 2 && out[size - 2] != filler && size > 2 && out[size - 3] != filler) {
    out.resize(size - 2);
    return out + filler + next;
  }
  out.pop_back();
  return out;
}

}  // namespace

std::string zone_names(std::string_view primary, std::string_view secondary, std::size_t width) {
  const auto first = icao_transliterated(primary);
  const auto second = icao_transliterated(secondary);
  if (first.empty()) return {};
  if (second.empty()) return cut(first, width);
  if (first.size() + 2 + second.size() <= width) return first + "<<" + second;
  constexpr std::size_t left_of_second = 2;
  auto kept = cut(first, width - 2 - std::min(second.size(), left_of_second));
  return kept + "<<" + cut(second, width - 2 - kept.size());
}

}  // namespace lindung::domain
