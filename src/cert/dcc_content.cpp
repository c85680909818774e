// Each rule stands once, with the versions that have it. What schemas say by pattern is checked as they say it: without
// anchors a pattern may match anywhere.
#include "cert/dcc_content.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/result.h"
#include "cert/initials.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "cert/text_forms.h"
#include "cert/value_sets.h"
#include "codec/cbor_tree.h"

namespace lindung::cert {
namespace {

using codec::CborItem;
using codec::CborType;

constexpr std::uint64_t tag_date_time = 0;     // RFC 8949 section 3.4.1
constexpr std::uint64_t tag_full_date = 1004;  // RFC 8943
constexpr std::size_t any_length = SIZE_MAX;

auto refuse_schema(std::string_view field) { return refuse(Step::schema, Reason::schema, std::string{field}); }

// 1.3.2 is 10302.
struct Version {
  std::uint32_t number{};
  [[nodiscard]] bool from(std::uint32_t other) const { return number >= other; }
};

// "^\d+.\d+.\d+$" of the schema, with dots for dots.
std::optional<Version> version_of(std::string_view text) {
  std::array<std::uint32_t, 3> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
    if (error != std::errc{} || parts[i] > 99) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i < 2) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
  }
  if (!text.empty()) return std::nullopt;
  return Version{(parts[0] * 10'000) + (parts[1] * 100) + parts[2]};
}

// Dates come as texts, some of them under the tag for dates.
std::optional<std::string_view> text_of(const CborItem& item) {
  const bool is_date =
      item.type() == CborType::tag && (item.argument() == tag_date_time || item.argument() == tag_full_date);
  return is_date ? item.tagged().text() : item.text();
}

enum class Need : std::uint8_t { required, optional };

struct Text {
  std::string_view name;
  Need need{Need::required};
  std::size_t longest{any_length};
  bool (*form)(std::string_view){};
};

bool has_capital(std::string_view text) {  // "[A-Z]{1,10}"
  return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool is_transliterated(std::string_view text) {  // "^[A-Z<]*$"
  return std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '<'; });
}

// (19|20)\d\d, and up to two times -\d\d.
bool is_birth_date(std::string_view text) {
  if (!text.starts_with("19") && !text.starts_with("20")) return false;
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (std::size_t i = 2; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : !is_digit(text[i])) return false;
  }
  return true;
}
bool is_birth_date_or_empty(std::string_view text) { return text.empty() || is_birth_date(text); }
bool is_full_birth_date(std::string_view text) { return is_birth_date(text) && is_full_date(text); }

Checked<void> check_text(const CborItem& map, const Text& rule) {
  const auto found = map.find(rule.name);
  if (!found) {
    if (rule.need == Need::required) return refuse_schema(rule.name);
    return outcome::success();
  }
  const auto text = text_of(*found);
  const bool holds = text && (text->size() <= rule.longest || code_points(*text) <= rule.longest) &&
                     (rule.form == nullptr || rule.form(*text));
  if (!holds) return refuse_schema(rule.name);
  return outcome::success();
}

Checked<void> check_texts(const CborItem& map, std::initializer_list<Text> rules) {
  for (const auto& rule : rules) {
    TRYV(check_text(map, rule));
  }
  return outcome::success();
}

Checked<void> check_dose(const CborItem& entry, std::string_view name, Version version) {
  const auto found = entry.find(name);
  const auto value = found ? found->number() : std::nullopt;
  const bool whole = value && std::trunc(*value) == *value;
  if (!whole || *value < 1 || (!version.from(10300) && *value > 9)) return refuse_schema(name);
  return outcome::success();
}

std::size_t longest_text(Version version) { return version.from(10300) ? 80 : 50; }

Checked<void> check_vaccination(const CborItem& entry, Version version) {
  const auto longest = longest_text(version);
  TRYV(check_texts(entry, {{.name = "tg"},
                           {.name = "vp"},
                           {.name = "mp"},
                           {.name = "ma"},
                           {.name = "dt", .form = is_full_date},
                           {.name = "co", .form = has_capital},
                           {.name = "is", .longest = longest},
                           {.name = "ci", .longest = longest}}));
  TRYV(check_dose(entry, "dn", version));
  return check_dose(entry, "sd", version);
}

Checked<void> check_test(const CborItem& entry, Version version) {
  const auto longest = longest_text(version);
  const auto centre = version.from(10300) ? Need::optional : Need::required;
  TRYV(check_texts(entry, {{.name = "tg"},
                           {.name = "tt"},
                           {.name = "nm", .need = Need::optional, .longest = version.from(10300) ? 80 : any_length},
                           {.name = "ma", .need = Need::optional},
                           {.name = "sc", .form = is_date_time},
                           {.name = "tr"},
                           {.name = "tc", .need = centre, .longest = longest},
                           {.name = "co", .form = has_capital},
                           {.name = "is", .longest = longest},
                           {.name = "ci", .longest = longest}}));
  if (version.from(10201)) return outcome::success();
  return check_text(entry, {.name = "dr", .need = Need::optional, .form = is_date_time});
}

Checked<void> check_recovery(const CborItem& entry, Version version) {
  const auto longest = longest_text(version);
  return check_texts(entry, {{.name = "tg"},
                             {.name = "fr", .form = is_full_date},
                             {.name = "co", .form = has_capital},
                             {.name = "is", .longest = longest},
                             {.name = "df", .form = is_full_date},
                             {.name = "du", .form = is_full_date},
                             {.name = "ci", .longest = longest}});
}

Checked<void> check_name(const CborItem& dcc, Version version) {
  const auto name = dcc.find("nam");
  if (!name || !name->is_map()) return refuse_schema("nam");
  if (version.from(10302) ? !name->find("fnt") && !name->find("gnt") : !name->find("fnt")) return refuse_schema("nam");
  const auto longest = longest_text(version);
  return check_texts(*name, {{.name = "fn", .need = Need::optional, .longest = longest},
                             {.name = "fnt", .need = Need::optional, .longest = longest, .form = is_transliterated},
                             {.name = "gn", .need = Need::optional, .longest = longest},
                             {.name = "gnt", .need = Need::optional, .longest = longest, .form = is_transliterated}});
}

struct Group {
  std::string_view name;
  EntryKind kind;
  Checked<void> (*check)(const CborItem&, Version);
};
constexpr std::array groups{Group{.name = "v", .kind = EntryKind::vaccination, .check = check_vaccination},
                            Group{.name = "t", .kind = EntryKind::test, .check = check_test},
                            Group{.name = "r", .kind = EntryKind::recovery, .check = check_recovery}};

std::string initials_of(const CborItem& dcc) {
  const auto name = dcc.find("nam");
  const auto first_of = [&](std::string_view plain, std::string_view transliterated) {
    for (const auto key : {transliterated, plain}) {
      const auto found = name ? name->find(key) : std::nullopt;
      const auto text = found ? found->text() : std::nullopt;
      if (text && !text->empty()) return initial(*text);
    }
    return std::string{};
  };
  return first_of("gn", "gnt") + first_of("fn", "fnt");
}

std::string_view member_text(const CborItem& map, std::string_view name) {
  const auto found = map.find(name);
  const auto text = found ? text_of(*found) : std::nullopt;
  return text.value_or(std::string_view{});
}

struct Coded {
  std::string_view name;
  ValueSet set;
};

Checked<void> check_codes(const CborItem& entry, std::initializer_list<Coded> codes) {
  for (const auto& each : codes) {
    if (!may_stand(each.set, member_text(entry, each.name))) {
      return refuse(Step::schema, Reason::value_set, std::string{each.name});
    }
  }
  return outcome::success();
}

Checked<void> check_value_sets(const CborItem& entry, EntryKind kind) {
  TRYV(check_codes(entry, {{.name = "tg", .set = ValueSet::disease}, {.name = "co", .set = ValueSet::country}}));
  switch (kind) {
    case EntryKind::recovery: return outcome::success();
    case EntryKind::vaccination:
      return check_codes(entry, {{.name = "vp", .set = ValueSet::prophylaxis},
                                 {.name = "mp", .set = ValueSet::product},
                                 {.name = "ma", .set = ValueSet::maker}});
    case EntryKind::test: break;
  }
  TRYV(check_codes(entry, {{.name = "tt", .set = ValueSet::test_type}, {.name = "tr", .set = ValueSet::test_result}}));
  constexpr std::string_view antigen_test = "LP217198-3";  // a device stands with this type only
  if (member_text(entry, "tt") != antigen_test) return outcome::success();
  return check_codes(entry, {{.name = "ma", .set = ValueSet::test_device}});
}

struct Entry {
  EntryKind kind;
  CborItem item;
};

std::optional<Entry> first_entry(const CborItem& dcc) {
  for (const auto& group : groups) {
    const auto entries = dcc.find(group.name);
    if (const auto first = entries ? entries->at(0) : std::nullopt) return Entry{.kind = group.kind, .item = *first};
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(EntryKind kind) noexcept {
  switch (kind) {
    case EntryKind::vaccination: return "vaccination";
    case EntryKind::test: return "test";
    case EntryKind::recovery: break;
  }
  return "recovery";
}

std::string_view entry_country(const CborItem& dcc) {
  const auto entry = first_entry(dcc);
  return entry ? member_text(entry->item, "co") : std::string_view{};
}

Checked<DccContent> check_dcc_schema(const CborItem& dcc) {
  if (!dcc.is_map()) return refuse_schema("not a map");
  const auto version = version_of(member_text(dcc, "ver"));
  if (!version || !version->from(10000) || version->from(20000)) {
    return refuse(Step::schema, Reason::schema_version, "ver");
  }
  TRYV(check_name(dcc, *version));
  TRYV(check_text(dcc, {.name = "dob",
                        .form = version->from(10300)   ? is_birth_date_or_empty
                                : version->from(10100) ? is_birth_date
                                                       : is_full_birth_date}));
  std::size_t count = 0;
  for (const auto& group : groups) {
    const auto entries = dcc.find(group.name);
    if (!entries) continue;
    if (!entries->is_array() || entries->size() == 0) return refuse_schema(group.name);
    Checked<void> checked = outcome::success();
    entries->for_each([&](const CborItem& entry) {
      checked = entry.is_map() ? group.check(entry, *version) : Checked<void>{refuse_schema(group.name)};
      return checked.has_value();
    });
    if (!checked) return outcome::failure(std::move(checked.error()));
    count += entries->size();
  }
  if (count != 1) return refuse(Step::schema, Reason::entry_count, std::to_string(count));
  const auto entry = first_entry(dcc);
  return DccContent{.kind = entry->kind,
                    .country = std::string{member_text(entry->item, "co")},
                    .uci = std::string{member_text(entry->item, "ci")},
                    .initials = initials_of(dcc)};
}

Checked<DccContent> read_dcc(const CborItem& dcc) {
  TRY(content, check_dcc_schema(dcc));
  TRYV(check_value_sets(first_entry(dcc)->item, content.kind));
  return content;
}

}  // namespace lindung::cert
