#include "domain/mrz.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/nik.h"

namespace lindung::domain {

namespace {

constexpr char filler = '<';
constexpr std::size_t longest_text = 256;  // 90 characters, and spaces that somebody typed

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

auto refuse(ZoneReason reason, std::size_t line = 0, std::size_t column = 0) {
  return outcome::failure(ZoneFault{.reason = reason, .line = line, .column = column});
}

struct Shape {
  ZoneForm form;
  std::size_t lines;
  std::size_t width;
};
constexpr std::array shapes{Shape{.form = ZoneForm::td1, .lines = 3, .width = 30},
                            Shape{.form = ZoneForm::td2, .lines = 2, .width = 36},
                            Shape{.form = ZoneForm::td3, .lines = 2, .width = 44}};

// A field by its place as the standard counts: line and first column from 1.
struct Field {
  std::size_t line;
  std::size_t column;
  std::size_t size;
};

// Where the fields of a form stand. Columns of check digits follow their field.
struct Places {
  Field names;
  Field number;
  Field nationality;
  Field birth;
  Field sex;
  Field expiry;
  Field optional_data;  // for TD1 that of the second line
};

constexpr Places places_of(ZoneForm form) {
  if (form == ZoneForm::td1) {
    return {.names = {3, 1, 30},
            .number = {1, 6, 9},
            .nationality = {2, 16, 3},
            .birth = {2, 1, 6},
            .sex = {2, 8, 1},
            .expiry = {2, 9, 6},
            .optional_data = {2, 19, 11}};
  }
  const bool is_wide = form == ZoneForm::td3 || form == ZoneForm::mrv_a;
  const std::size_t rest = form == ZoneForm::td3 ? 14 : form == ZoneForm::td2 ? 7 : is_wide ? 16 : 8;
  return {.names = {1, 6, is_wide ? std::size_t{39} : std::size_t{31}},
          .number = {2, 1, 9},
          .nationality = {2, 11, 3},
          .birth = {2, 14, 6},
          .sex = {2, 21, 1},
          .expiry = {2, 22, 6},
          .optional_data = {2, 29, rest}};
}

std::string_view without_fillers(std::string_view text) {
  return text.substr(0, text.find_last_not_of(filler) + 1);  // npos + 1 is 0
}

// Letters and digits, then fillers, and nothing behind those.
bool is_filled(std::string_view text) { return without_fillers(text).find(filler) == std::string_view::npos; }

struct Lines {
  ZoneForm form{};
  std::vector<std::string> lines;
  [[nodiscard]] std::string_view at(const Field& field) const {
    return std::string_view{lines[field.line - 1]}.substr(field.column - 1, field.size);
  }
  [[nodiscard]] char behind(const Field& field) const { return lines[field.line - 1][field.column - 1 + field.size]; }
};

ZoneResult<std::vector<std::string>> typed_lines(std::string_view text) {
  if (text.size() > longest_text) return refuse(ZoneReason::too_long);
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      if (!out.back().empty()) out.emplace_back();
    } else if (c >= 'a' && c <= 'z') {
      out.back() += static_cast<char>(c - 'a' + 'A');
    } else if (is_letter(c) || is_digit(c) || c == filler) {
      out.back() += c;
    } else if (c != ' ' && c != '\t') {
      return refuse(ZoneReason::characters, out.size(), out.back().size() + 1);
    }
  }
  if (out.back().empty()) out.pop_back();
  if (out.empty()) return refuse(ZoneReason::empty);
  return out;
}

ZoneResult<Lines> lines_of(std::string_view text) {
  TRY(typed, typed_lines(text));
  for (const auto& shape : shapes) {
    if (typed.size() == 1 && typed.front().size() == shape.lines * shape.width) {
      const auto whole = std::move(typed.front());
      typed.clear();
      for (std::size_t i = 0; i < shape.lines; ++i) typed.push_back(whole.substr(i * shape.width, shape.width));
    }
    const bool fits = typed.size() == shape.lines &&
                      std::ranges::all_of(typed, [&](const auto& line) { return line.size() == shape.width; });
    if (!fits) continue;
    const bool is_visa = shape.lines == 2 && typed.front().front() == 'V';
    const auto visa = shape.form == ZoneForm::td3 ? ZoneForm::mrv_a : ZoneForm::mrv_b;
    return Lines{.form = is_visa ? visa : shape.form, .lines = std::move(typed)};
  }
  return refuse(ZoneReason::lines);
}

// One letter at least, then fillers.
bool is_state(std::string_view code) {
  const auto letters = without_fillers(code);
  return !letters.empty() && std::ranges::all_of(letters, is_letter);
}

// P passports, V visas, A, C, I other documents, each with a second letter or none.
bool is_code(std::string_view code, ZoneForm form) {
  const std::string_view firsts = form == ZoneForm::td3                                ? "P"
                                  : form == ZoneForm::mrv_a || form == ZoneForm::mrv_b ? "V"
                                                                                       : "ACIP";
  return firsts.find(code[0]) != std::string_view::npos &&
         (code[1] == filler || is_letter(code[1]) || is_digit(code[1]));
}

struct Number {
  std::string number;
  std::string_view rest;  // of the optional data, behind the long number if there is one
};

// The nine characters and their check digit; or, where a filler stands in its place, the rest of the number and the
// check digit of all of it at the front of the optional data (part 5, note j; part 6).
ZoneResult<Number> number_in(const Lines& lines, const Places& places) {
  const auto first = lines.at(places.number);
  const auto digit = lines.behind(places.number);
  const auto fault = [&](ZoneReason reason) { return refuse(reason, places.number.line, places.number.column); };
  const bool is_td1 = lines.form == ZoneForm::td1;
  auto rest = is_td1 ? lines.at({1, 16, 15}) : lines.at(places.optional_data);
  const bool can_be_long = is_td1 || lines.form == ZoneForm::td2;
  if (!can_be_long || digit != filler || first.find(filler) != std::string_view::npos) {
    if (!is_filled(first) || first.front() == filler) return fault(ZoneReason::number);
    if (digit != check_digit(first)) return fault(ZoneReason::number_check);
    return Number{.number = std::string{without_fillers(first)}, .rest = rest};
  }
  const auto end = std::min(rest.find(filler), rest.size());
  if (end < 2) return fault(ZoneReason::number_check);  // one character of the number, and the check digit
  auto number = std::string{first} + std::string{rest.substr(0, end - 1)};
  if (rest[end - 1] != check_digit(number)) return fault(ZoneReason::number_check);
  rest.remove_prefix(end);
  return Number{.number = std::move(number), .rest = rest};
}

std::optional<unsigned> two_digits(std::string_view text) {
  if (text == "<<") return 0;  // the caller says whether that may be
  if (!is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
  return static_cast<unsigned>(((text[0] - '0') * 10) + (text[1] - '0'));
}

std::chrono::year_month_day date_of(Moment at) {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(at)};
}

std::chrono::year_month_day date_of(int year, unsigned month, unsigned day) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
}

struct Birth {
  std::optional<PartialDate> date;  // none: the year is not known
};

// The latest century in which the person was born already; a day that is not known counts as the first.
std::optional<Birth> birth_in(std::string_view text, Moment at) {
  const auto two = two_digits(text.substr(0, 2));
  const auto month = two_digits(text.substr(2, 2));
  const auto day = two_digits(text.substr(4, 2));
  if (!two || !month || !day) return std::nullopt;
  const bool has_month = text[2] != filler;
  const bool has_day = text[4] != filler;
  const auto first_month = has_month ? *month : 1;
  const auto first_day = has_day ? *day : 1;
  if (!date_of(2000, first_month, first_day).ok()) return std::nullopt;  // a leap year holds every date
  if (text[0] == filler) return Birth{};
  const auto today = date_of(at);
  const int century = static_cast<int>(today.year()) / 100 * 100;
  for (const int year : {century + static_cast<int>(*two), century - 100 + static_cast<int>(*two)}) {
    const auto born = date_of(year, first_month, first_day);
    if (!born.ok() || born > today) continue;
    return Birth{PartialDate{.year = year, .month = has_month ? *month : 0, .day = has_day && has_month ? *day : 0}};
  }
  return std::nullopt;  // the 29th of February of no leap year
}

std::optional<std::chrono::year_month_day> expiry_in(std::string_view text, Moment at) {
  constexpr int half = 50;
  if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
  const int now = static_cast<int>(date_of(at).year());
  int year = (now / 100 * 100) + static_cast<int>(*two_digits(text.substr(0, 2)));
  if (year > now + half) year -= 100;
  if (year + half <= now) year += 100;
  const auto date = date_of(year, *two_digits(text.substr(2, 2)), *two_digits(text.substr(4, 2)));
  if (!date.ok()) return std::nullopt;
  return date;
}

ZoneResult<std::optional<Sex>> sex_in(const Lines& lines, const Field& place) {
  switch (lines.at(place).front()) {
    case 'F': return std::optional{Sex::female};
    case 'M': return std::optional{Sex::male};
    case filler: return std::optional<Sex>{};
    default: return refuse(ZoneReason::sex, place.line, place.column);
  }
}

// Two names apart by two fillers, the parts of each by one.
ZoneResult<void> read_names(const Lines& lines, const Field& place, TravelZone& zone) {
  const auto field = lines.at(place);
  const auto names = without_fillers(field);
  const auto middle = std::min(names.find("<<"), names.size());
  const auto secondary = names.substr(std::min(middle + 2, names.size()));
  const bool are_names = !names.empty() && names.front() != filler && std::ranges::none_of(names, is_digit) &&
                         secondary.find("<<") == std::string_view::npos && !secondary.starts_with(filler);
  if (!are_names) return refuse(ZoneReason::names, place.line, place.column);
  zone.name.family = names.substr(0, middle);
  zone.name.given = secondary;
  zone.names_fill_field = names.size() == field.size();
  return outcome::success();
}

// A check digit of its own has only the TD3's; an empty field may have a filler there.
ZoneResult<void> check_optional(const Lines& lines, const Field& place) {
  if (lines.form != ZoneForm::td3) return outcome::success();
  const auto data = lines.at(place);
  const auto digit = lines.behind(place);
  const bool is_empty = without_fillers(data).empty();
  if (digit == check_digit(data) || (is_empty && digit == filler)) return outcome::success();
  return refuse(ZoneReason::optional_check, place.line, place.column);
}

ZoneResult<void> check_composite(const Lines& lines) {
  std::string over;
  const auto put = [&](std::size_t line, std::size_t first, std::size_t last) {
    over += lines.at({line, first, last - first + 1});
  };
  std::size_t width = 30;
  switch (lines.form) {
    case ZoneForm::mrv_a:
    case ZoneForm::mrv_b: return outcome::success();  // visas have none
    case ZoneForm::td1:
      put(1, 6, 30);
      put(2, 1, 7);
      put(2, 9, 15);
      put(2, 19, 29);
      break;
    case ZoneForm::td2:
    case ZoneForm::td3:
      width = lines.lines.front().size();
      put(2, 1, 10);
      put(2, 14, 20);
      put(2, 22, width - 1);
      break;
  }
  if (lines.lines[1].back() != check_digit(over)) return refuse(ZoneReason::composite_check, 2, width);
  return outcome::success();
}

ZoneResult<void> check_field(const Lines& lines, const Field& place, ZoneReason reason) {
  if (lines.behind(place) == check_digit(lines.at(place))) return outcome::success();
  return refuse(reason, place.line, place.column);
}

}  // namespace

char check_digit(std::string_view characters) noexcept {
  constexpr std::array<unsigned, 3> weights{7, 3, 1};
  unsigned sum = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const char c = characters[i];
    const auto value = is_digit(c) ? c - '0' : is_letter(c) ? c - 'A' + 10 : 0;
    sum += static_cast<unsigned>(value) * weights[i % weights.size()];
  }
  return static_cast<char>('0' + (sum % 10));
}

ZoneResult<TravelZone> read_zone(std::string_view text, Moment at) {
  TRY(lines, lines_of(text));
  const auto places = places_of(lines.form);
  const auto fault = [](ZoneReason reason, const Field& place) { return refuse(reason, place.line, place.column); };
  TravelZone zone;
  zone.form = lines.form;
  const auto code = lines.at({1, 1, 2});
  if (!is_code(code, lines.form)) return refuse(ZoneReason::document_code, 1, 1);
  if (!is_state(lines.at({1, 3, 3}))) return refuse(ZoneReason::state, 1, 3);
  zone.document_code = without_fillers(code);
  zone.state = without_fillers(lines.at({1, 3, 3}));
  TRY(number, number_in(lines, places));
  zone.number = std::move(number.number);
  if (!is_state(lines.at(places.nationality))) return fault(ZoneReason::nationality, places.nationality);
  zone.nationality = without_fillers(lines.at(places.nationality));
  // Check digits before what the fields mean: an altered date is an alteration, whatever date it makes.
  TRYV(check_field(lines, places.birth, ZoneReason::birth_check));
  TRYV(check_field(lines, places.expiry, ZoneReason::expiry_check));
  TRYV(check_optional(lines, places.optional_data));
  TRYV(check_composite(lines));
  const auto birth = birth_in(lines.at(places.birth), at);
  if (!birth) return fault(ZoneReason::birth_date, places.birth);
  zone.birth = birth->date;
  TRY(sex, sex_in(lines, places.sex));
  zone.sex = sex;
  const auto expiry = expiry_in(lines.at(places.expiry), at);
  if (!expiry) return fault(ZoneReason::expiry_date, places.expiry);
  zone.expiry = *expiry;
  TRYV(read_names(lines, places.names, zone));
  zone.optional_data = without_fillers(number.rest);
  if (lines.form == ZoneForm::td1) {
    const auto second = without_fillers(lines.at(places.optional_data));
    if (!second.empty() && !zone.optional_data.empty()) zone.optional_data += filler;
    zone.optional_data += second;
  }
  return zone;
}

std::string joined_names(const TravelZone& zone) {
  return zone.name.given.empty() ? zone.name.family : zone.name.family + "<<" + zone.name.given;
}

bool has_ended(const TravelZone& zone, Moment at) { return zone.expiry < date_of(at); }

std::size_t zone_lines(std::size_t first_line) noexcept {
  for (const auto& shape : shapes) {
    if (first_line == shape.width) return shape.lines;
    if (first_line == shape.width * shape.lines) return 1;
  }
  return 0;
}

std::string_view name_of(ZoneForm form) noexcept {
  switch (form) {
    case ZoneForm::td1: return "TD1";
    case ZoneForm::td2: return "TD2";
    case ZoneForm::td3: return "TD3";
    case ZoneForm::mrv_a: return "MRV-A";
    case ZoneForm::mrv_b: return "MRV-B";
  }
  return "unknown";
}

std::string_view name_of(ZoneReason reason) noexcept {
  switch (reason) {
    case ZoneReason::empty: return "empty";
    case ZoneReason::too_long: return "too-long";
    case ZoneReason::characters: return "characters";
    case ZoneReason::lines: return "lines";
    case ZoneReason::document_code: return "document-code";
    case ZoneReason::state: return "state";
    case ZoneReason::number: return "number";
    case ZoneReason::number_check: return "number-check";
    case ZoneReason::nationality: return "nationality";
    case ZoneReason::birth_date: return "birth-date";
    case ZoneReason::birth_check: return "birth-check";
    case ZoneReason::sex: return "sex";
    case ZoneReason::expiry_date: return "expiry-date";
    case ZoneReason::expiry_check: return "expiry-check";
    case ZoneReason::optional_check: return "optional-check";
    case ZoneReason::composite_check: return "composite-check";
    case ZoneReason::names: return "names";
  }
  return "unknown";
}

}  // namespace lindung::domain
