#include "domain/rule_name.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace lindung::domain {

namespace {

constexpr std::size_t longest_name = 48;
constexpr std::size_t shortest_version = 5;
constexpr std::size_t longest_version = 14;

}  // namespace

bool is_rule_name(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, allowed);
}

bool is_rule_version(std::string_view text) {
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return text.size() >= shortest_version && text.size() <= longest_version && std::ranges::count(text, '.') == 2 &&
         text.find("..") == std::string_view::npos && text.front() != '.' && text.back() != '.' &&
         std::ranges::all_of(text, allowed);
}

}  // namespace lindung::domain
