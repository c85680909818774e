#include "domain/fhir_scan.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "codec/json.h"

namespace lindung::domain::fhir {

namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The position behind a string whose opening quote is at `at`.
std::size_t string_end(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') return at + 1;
    if (c == '\n' || c == '\r') return no_end;
    if (c == '\\') ++at;
  }
  return no_end;
}

// Behind the bracket that closes the one at `at`. Which kind closes which is left to the parser.
std::size_t bracket_end(std::string_view text, std::size_t at) noexcept {
  std::size_t open = 0;
  while (at < text.size()) {
    switch (text[at]) {
      case '{':
      case '[': ++open; break;
      case '}':
      case ']':
        if (--open == 0) return at + 1;
        break;
      case '"':
        at = string_end(text, at);
        if (at == no_end) return no_end;
        continue;
      default: break;
    }
    ++at;
  }
  return no_end;
}

// True if the text is one value in these brackets, with nothing behind it; then `at` stands on the first thing inside.
bool enters(std::string_view text, char opening, char closing, std::size_t& at) noexcept {
  at = skip_space(text, 0);
  if (at >= text.size() || text[at] != opening) return false;
  const auto end = bracket_end(text, at);
  if (end == no_end || text[end - 1] != closing || skip_space(text, end) != text.size()) return false;
  at = skip_space(text, at + 1);
  return true;
}

// Moves over a comma. False, at the end or at a fault.
bool goes_on(std::string_view text, std::size_t& at) noexcept {
  at = skip_space(text, at);
  if (at >= text.size() || text[at] != ',') return false;
  at = skip_space(text, at + 1);
  return true;
}

bool is_last(std::string_view text, std::size_t at) noexcept { return skip_space(text, at + 1) == text.size(); }

}  // namespace

std::size_t skip_space(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

std::size_t value_end(std::string_view text, std::size_t at) noexcept {
  at = skip_space(text, at);
  if (at >= text.size()) return no_end;
  const char first = text[at];
  if (first == '"') return string_end(text, at);
  if (first == '{' || first == '[') return bracket_end(text, at);
  const auto begin = at;
  while (at < text.size() && !is_space(text[at]) && std::string_view{",:]}[{\""}.find(text[at]) == no_end) ++at;
  return at == begin ? no_end : at;
}

std::size_t depth_of(std::string_view text) noexcept {
  std::size_t open = 0;
  std::size_t most = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = string_end(text, at);
      if (at == no_end) return most;
      continue;
    }
    if (c == '{' || c == '[') most = std::max(most, ++open);
    if ((c == '}' || c == ']') && open > 0) --open;
    ++at;
  }
  return most;
}

std::optional<std::string> string_value(std::string_view token) {
  if (token.size() < 2 || token.front() != '"' || token.back() != '"') return std::nullopt;
  const auto inside = token.substr(1, token.size() - 2);
  if (inside.find('\\') == no_end) return std::string{inside};
  const auto parsed = codec::parse_json(token);
  if (parsed.has_error() || !parsed.value().is_string()) return std::nullopt;
  return std::string{parsed.value().get_string()};
}

bool each_member(std::string_view object, const Member& member) {
  std::size_t at = 0;
  if (!enters(object, '{', '}', at)) return false;
  if (object[at] == '}') return is_last(object, at);
  do {
    if (at >= object.size() || object[at] != '"') return false;
    const auto name_end = string_end(object, at);
    if (name_end == no_end) return false;
    const auto name = string_value(object.substr(at, name_end - at));
    at = skip_space(object, name_end);
    if (!name || at >= object.size() || object[at] != ':') return false;
    at = skip_space(object, at + 1);
    const auto end = value_end(object, at);
    if (end == no_end) return false;
    member(*name, object.substr(at, end - at));
    at = end;
  } while (goes_on(object, at));
  return at < object.size() && object[at] == '}' && is_last(object, at);
}

bool each_item(std::string_view list, const Item& item) {
  std::size_t at = 0;
  if (!enters(list, '[', ']', at)) return false;
  if (list[at] == ']') return is_last(list, at);
  do {
    const auto end = value_end(list, at);
    if (end == no_end) return false;
    item(list.substr(at, end - at));
    at = end;
  } while (goes_on(list, at));
  return at < list.size() && list[at] == ']' && is_last(list, at);
}

}  // namespace lindung::domain::fhir
