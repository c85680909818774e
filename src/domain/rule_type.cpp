#include "domain/rule_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "domain/certlogic_time.h"

namespace lindung::domain {

namespace {

constexpr std::size_t most_words = 64;  // beyond it, a text can be anything

constexpr std::array<std::string_view, kinds_of_records_seen> record_words{"vaccinations", "tests", "recoveries",
                                                                           "exemptions", "contacts"};

struct RecordField {
  std::string_view name;
  std::uint8_t records;  // bits of the kinds that have it
  std::uint16_t kinds;
};
// The head of record.h.
constexpr std::array record_fields{
    RecordField{.name = "id", .records = 0b11111, .kinds = type_word},
    RecordField{.name = "at", .records = 0b11111, .kinds = type_time},
    RecordField{.name = "vaccine", .records = 0b00001, .kinds = type_word},
    RecordField{.name = "series", .records = 0b00001, .kinds = type_word},
    RecordField{.name = "dose", .records = 0b00001, .kinds = type_number},
    RecordField{.name = "kind", .records = 0b00010, .kinds = type_word},
    RecordField{.name = "result", .records = 0b00010, .kinds = type_word},
    RecordField{.name = "until", .records = 0b01100, .kinds = type_time | type_null},
};

Type field_of(std::uint8_t records, std::string_view name) {
  const auto* field = std::ranges::find(record_fields, name, &RecordField::name);
  if (field == record_fields.end() || (field->records & records) == 0) return type_of(type_null);
  auto type = type_of(field->kinds);
  if (name == "kind") type.words = {"naat", "antigen", "antibody"};
  if (name == "result") type.words = {"negative", "positive", "indeterminate"};
  if ((records & ~field->records) != 0) type.kinds |= type_null;
  return type;
}

std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

std::optional<std::set<std::string>> joined_words(const Type& a, const Type& b) {
  if ((a.kinds & type_text) == 0) return b.words;
  if ((b.kinds & type_text) == 0) return a.words;
  if (!a.words || !b.words) return std::nullopt;
  auto words = *a.words;
  words.insert(b.words->begin(), b.words->end());
  if (words.size() > most_words) return std::nullopt;
  return words;
}

void join_lists(Type& out, const Type& a, const Type& b) {
  if ((a.kinds & type_list) == 0 || (b.kinds & type_list) == 0) {
    const Type& list = (a.kinds & type_list) != 0 ? a : b;
    out.items = list.items;
    out.is_open = list.is_open;
    return;
  }
  if (!a.is_open && !b.is_open && a.items.size() == b.items.size()) {
    for (std::size_t i = 0; i < a.items.size(); ++i) out.items.push_back(joined(a.items[i], b.items[i]));
    return;
  }
  out.is_open = true;
  out.items = {joined(item_of(a), item_of(b))};
}

}  // namespace

// A list without items that is open can hold anything: the bottom of what would otherwise be endless.
Type any_type() {
  Type type;
  type.kinds = every_type;
  type.is_open = true;
  type.records = 0b11111;
  return type;
}

Type type_of(std::uint16_t kinds) {
  Type type;
  type.kinds = kinds;
  return type;
}

Type text_type(std::string_view literal) {
  auto type = type_of(certlogic::parse_date_time(literal) ? type_text : std::uint16_t{type_word});
  type.words = {std::string{literal}};
  return type;
}

Type list_of(Type item) {
  auto type = type_of(type_list);
  type.is_open = true;
  type.items.push_back(std::move(item));
  return type;
}

Type records_type(std::size_t kind) {
  auto type = type_of(type_record);
  type.records = static_cast<std::uint8_t>(1U << kind);
  return type;
}

Type joined(const Type& a, const Type& b) {
  if (a.kinds == 0) return b;
  if (b.kinds == 0) return a;
  if (a == b || a == any_type()) return a;
  if (b == any_type()) return b;
  Type out;
  out.kinds = a.kinds | b.kinds;
  out.words = joined_words(a, b);
  out.records = a.records | b.records;
  if ((out.kinds & type_list) != 0) join_lists(out, a, b);
  return out;
}

Type item_of(const Type& list) {
  if ((list.kinds & type_list) == 0) return {};
  if (list.is_open) return list.items.empty() ? any_type() : list.items.front();
  Type item;
  for (const auto& each : list.items) item = joined(item, each);
  return item;
}

Type inside(const Type& type, std::string_view fragment) {
  Type out;
  if ((type.kinds & ~(type_list | type_record | type_fold)) != 0) out = type_of(type_null);
  if ((type.kinds & type_fold) != 0) return any_type();
  if ((type.kinds & type_record) != 0) out = joined(out, field_of(type.records, fragment));
  if ((type.kinds & type_list) == 0) return out;
  const auto index = index_of(fragment);
  if (!index) return joined(out, type_of(type_null));
  if (type.is_open) return joined(out, joined(item_of(type), type_of(type_null)));
  return joined(out, *index < type.items.size() ? type.items[*index] : type_of(type_null));
}

bool can_be_equal(const Type& a, const Type& b) {
  if (a.kinds == 0 || b.kinds == 0) return true;
  const auto common = static_cast<std::uint16_t>(a.kinds & b.kinds);
  if ((common & ~(type_date | type_text)) != 0) return true;
  if ((common & type_text) == 0) return false;
  if (!a.words || !b.words) return true;
  return std::ranges::any_of(*a.words, [&](const std::string& word) { return b.words->contains(word); });
}

std::size_t depth_of(const Type& type) {
  std::size_t deepest = 0;
  for (const auto& item : type.items) deepest = std::max(deepest, depth_of(item));
  return deepest + 1;
}

std::string described(const Type& type) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint16_t kind, std::string words) {
    if ((type.kinds & kind) != 0) parts.push_back(std::move(words));
  };
  add(type_boolean, "true or false");
  add(type_number, "a number");
  if (type.words && (type.kinds & type_text) != 0) {
    std::string words;
    for (const auto& word : *type.words) words += (words.empty() ? "\"" : ", \"") + word + "\"";
    add(type_text, "the text " + words);
  } else {
    add(type_time, "the text of a time");
    add(type_word, "a text");
  }
  add(type_date, "a date-time");
  add(type_list, "a list");
  for (std::size_t kind = 0; kind < record_words.size(); ++kind) {
    if ((type.kinds & type_record) != 0 && ((type.records >> kind) & 1U) != 0) {
      parts.push_back("one of the " + std::string{record_words[kind]});
    }
  }
  add(type_null, "nothing");
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : " or ") + part;
  return text;
}

std::optional<std::size_t> kind_of_records(std::string_view word) {
  const auto* found = std::ranges::find(record_words, word);
  if (found == record_words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - record_words.begin());
}

}  // namespace lindung::domain
