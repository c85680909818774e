#include "cert/shc_text.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "cert/jwk.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "cert/text_forms.h"
#include "codec/json.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view compact_start = "eyJ";  // base64url of {"
constexpr std::size_t most_chunks = 99;

struct Part {
  std::size_t number{1};
  std::size_t count{};  // 0: the card is one part
  std::string_view digits;
};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto begin = text.find_first_not_of(white);
    if (begin == std::string_view::npos) return out;
    const auto end = std::min(text.find_first_of(white, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

// "N/" from the front; none if that is not there.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data() + text.size() || *end != '/' || text[0] == '0') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return value;
}

Checked<Part> read_part(std::string_view word) {
  if (!word.starts_with(shc_prefix)) return refuse(Step::prefix, Reason::prefix);
  word.remove_prefix(shc_prefix.size());
  Part out;
  if (word.find('/') != std::string_view::npos) {
    const auto number = take_number(word);
    const auto count = number ? take_number(word) : std::nullopt;
    if (!count || *count > most_chunks || *number > *count) return refuse(Step::jws, Reason::chunk, "its numbers");
    out.number = *number;
    out.count = *count;
  }
  out.digits = word;
  return out;
}

// Two digits a letter: its code less 45.
Checked<void> append_letters(std::string& out, std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0) return refuse(Step::jws, Reason::numeric, "an odd number of digits");
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    if (!is_digit(digits[i]) || !is_digit(digits[i + 1])) return refuse(Step::jws, Reason::numeric, "not a digit");
    const int value = ((digits[i] - '0') * 10) + (digits[i + 1] - '0');
    constexpr int highest = 'z' - '-';
    if (value > highest) return refuse(Step::jws, Reason::numeric, "a number too large");
    out.push_back(static_cast<char>(value + '-'));
  }
  return outcome::success();
}

Checked<std::vector<std::string>> numeric_messages(std::string_view text) {
  std::vector<Part> parts;
  for (const auto word : words_of(text)) {
    TRY(part, read_part(word));
    parts.push_back(part);
  }
  if (parts.empty()) return refuse(Step::prefix, Reason::prefix);
  const auto count = parts.front().count;
  const bool one_card = std::ranges::all_of(parts, [&](const Part& part) { return part.count == count; });
  if (!one_card || parts.size() != std::max<std::size_t>(count, 1)) {
    return refuse(Step::jws, Reason::chunk, "missing, too many, or of several cards");
  }
  std::ranges::sort(parts, {}, &Part::number);
  std::string message;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].number != i + 1) return refuse(Step::jws, Reason::chunk, "one that stands twice");
    TRYV(append_letters(message, parts[i].digits));
  }
  return std::vector{std::move(message)};
}

Checked<std::vector<std::string>> file_messages(std::string_view text) {
  const auto read = codec::parse_json(text);
  if (!read) return refuse(Step::jws, Reason::json, read.error().detail);
  const auto* file = read.value().if_object();
  std::vector<std::string> out;
  if (const auto* cards = file == nullptr ? nullptr : array_member(*file, "verifiableCredential")) {
    for (const auto& each : *cards) {
      if (!each.is_string()) return refuse(Step::jws, Reason::json, "a card that is no text");
      out.emplace_back(each.get_string());
    }
  } else if (const auto* members = file == nullptr ? nullptr : array_member(*file, "parameter")) {
    for (const auto& each : *members) {
      const auto* parameter = each.if_object();
      if (parameter == nullptr || text_member(*parameter, "name") != "verifiableCredential") continue;
      out.emplace_back(text_member(*parameter, "valueString"));
    }
  }
  if (out.empty()) return refuse(Step::jws, Reason::no_content, "no card in the file");
  return out;
}

}  // namespace

bool looks_like_shc(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(white);
  if (begin == std::string_view::npos) return false;
  text.remove_prefix(begin);
  if (text.starts_with(shc_prefix) || text.starts_with(compact_start)) return true;
  return text.starts_with('{') && (text.find("\"verifiableCredential\"") != std::string_view::npos);
}

Checked<std::vector<std::string>> card_messages(std::string_view text) {
  const auto words = words_of(text);
  if (words.empty()) return refuse(Step::prefix, Reason::prefix);
  if (words.front().starts_with('{')) return file_messages(text);
  if (!words.front().starts_with(compact_start)) return numeric_messages(text);
  if (words.size() != 1) return refuse(Step::jws, Reason::jws, "text behind the message");
  return std::vector{std::string{words.front()}};
}

}  // namespace lindung::cert
