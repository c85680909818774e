#include "service/name_finder.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lindung::service {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

std::string lower(std::string_view word) {
  std::string out{word};
  for (auto& c : out) c = lower(c);
  return out;
}

}  // namespace

void NameFinder::add(std::string_view name, std::size_t number) {
  Name added{.words = {}, .number = number};
  for (std::size_t at = 0; at < name.size();) {
    const auto begin = std::find_if(name.begin() + static_cast<std::ptrdiff_t>(at), name.end(), is_letter);
    const auto end = std::find_if_not(begin, name.end(), is_letter);
    if (begin != end) added.words.push_back(lower({begin, end}));
    at = static_cast<std::size_t>(end - name.begin());
  }
  if (added.words.size() < 2 || added.words.size() > words_max) return;
  longest_ = std::max(longest_, added.words.back().size());
  auto last = added.words.back();
  by_last_word_.emplace(std::move(last), std::move(added));
}

std::vector<std::size_t> NameFinder::next(std::string_view word) {
  newest_ = (newest_ + 1) % words_max;
  seen_.at(newest_) = word;
  std::vector<std::size_t> found;
  if (word.size() > longest_) return found;
  const auto [first, behind] = by_last_word_.equal_range(lower(word));
  for (auto at = first; at != behind; ++at) {
    const auto& [words, number] = at->second;
    bool is_whole = true;
    for (std::size_t back = 1; is_whole && back < words.size(); ++back) {
      is_whole = lower(seen_.at((newest_ + words_max - back) % words_max)) == words[words.size() - 1 - back];
    }
    if (is_whole) found.push_back(number);
  }
  return found;
}

}  // namespace lindung::service
