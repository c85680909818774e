#include "domain/csv_cells.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/code_map.h"
#include "domain/fhir_node.h"
#include "domain/import_reason.h"
#include "domain/nik.h"
#include "domain/record.h"

namespace lindung::domain::csv {

namespace {

using fhir::refuse;

constexpr std::array<std::string_view, 3> of_zero_width{"\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x80\x8E"};
constexpr std::array<std::string_view, 3> apostrophes{"'", "\xE2\x80\x99", "\xE2\x80\x98"};
constexpr std::array<std::string_view, 2> wide_spaces{"\xC2\xA0", "\xE2\x80\xAF"};
constexpr std::string_view default_zone = "+07:00";  // WIB

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) noexcept { return !text.empty() && std::ranges::all_of(text, is_digit); }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (!all_digits(text) || error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::vector<std::string_view> parts_of(std::string_view text, std::string_view marks) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find_first_of(marks);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string two_digits(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }

// "+07:00". None if it is no zone.
std::optional<std::string> offset_of(std::string_view cell) {
  const auto word = lower(cell);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> words{{{"", default_zone},
                                                                                {"wib", "+07:00"},
                                                                                {"wita", "+08:00"},
                                                                                {"wit", "+09:00"},
                                                                                {"utc", "Z"},
                                                                                {"z", "Z"},
                                                                                {"gmt", "Z"},
                                                                                {"asia/jakarta", "+07:00"}}};
  for (const auto& [name, offset] : words) {
    if (word == name) return std::string{offset};
  }
  if (word.size() < 2 || (word[0] != '+' && word[0] != '-')) return std::nullopt;
  auto digits = word.substr(1);
  std::erase(digits, ':');
  if (!all_digits(digits) || digits.size() > 4) return std::nullopt;
  if (digits.size() <= 2) digits = two_digits(*number(digits)) + "00";
  if (digits.size() == 3) digits.insert(digits.begin(), '0');
  return word.substr(0, 1) + digits.substr(0, 2) + ":" + digits.substr(2);
}

// "09:30:00" out of "9.30", "09:30", "09:30:15".
std::optional<std::string> iso_time(std::string_view text) {
  const auto parts = parts_of(text, ":.");
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  std::string written;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto value = number(parts[i]);
    if (!value || parts[i].size() > 2 || *value > (i == 0 ? 23U : 59U)) return std::nullopt;
    written += (i == 0 ? "" : ":") + two_digits(*value);
  }
  return parts.size() == 2 ? written + ":00" : written;
}

struct Split {
  std::string_view front;
  std::string_view behind;
};
Split at_first(std::string_view text, std::string_view marks) {
  const auto end = text.find_first_of(marks);
  if (end == std::string_view::npos) return {.front = text, .behind = {}};
  return {.front = text.substr(0, end), .behind = trimmed(text.substr(end + 1))};
}

}  // namespace

std::string clean(std::string_view cell) {
  std::string text{cell};
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    for (const auto mark : of_zero_width) replace_all(text, mark, "");
    for (const auto space : wide_spaces) replace_all(text, space, " ");
  }
  auto view = trimmed(text);
  for (const auto mark : apostrophes) {
    if (view.starts_with(mark)) {
      view = trimmed(view.substr(mark.size()));
      break;
    }
  }
  return std::string{view};
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

Read<std::optional<Nik>> parse_nik_cell(std::string_view cell) {
  auto text = clean(cell);
  std::erase(text, ' ');
  // ="3174056103900001" is how people keep a spreadsheet from counting with it.
  if (text.starts_with("=\"") && text.ends_with('"') && text.size() > 2) text = text.substr(2, text.size() - 3);
  if (text.empty()) return std::optional<Nik>{};
  constexpr std::size_t digits_that_are_left = 15;
  const bool counted = std::ranges::all_of(
      text, [](char c) { return is_digit(c) || c == '.' || c == ',' || c == '+' || c == 'E' || c == 'e'; });
  const bool is_plain = all_digits(text);
  const bool lost = is_plain ? text.size() == digits_that_are_left ||
                                   (text.size() == Nik::size && std::string_view{text}.ends_with("0000"))
                             : counted && is_digit(text.front());
  if (lost) return refuse(Reason::nik_damaged_by_spreadsheet);
  auto nik = parse_nik(text);
  if (nik.has_error()) return refuse(Reason::invalid_nik);
  return std::optional{std::move(nik).value()};
}

Read<std::string> iso_date(std::string_view cell) {
  const auto bad = [] { return refuse(Reason::invalid_date); };
  const auto parts = parts_of(cell, "-/");
  if (parts.size() < 3) {
    // A year, or a year and a month, as FHIR writes them.
    const bool precise = parts[0].size() == 4 && all_digits(parts[0]) && cell.find('/') == std::string_view::npos;
    if (!precise || (parts.size() == 2 && !number(parts[1]))) return bad();
    return parts.size() == 1 ? std::string{cell} : std::string{parts[0]} + "-" + two_digits(*number(parts[1]));
  }
  if (parts.size() != 3 || (cell.find('-') != std::string_view::npos && cell.find('/') != std::string_view::npos)) {
    return bad();
  }
  const bool year_first = parts[0].size() == 4;
  const auto written_year = year_first ? parts[0] : parts[2];
  const auto written_day = year_first ? parts[2] : parts[0];
  const auto month = number(parts[1]);
  const auto day = number(written_day);
  if (written_year.size() != 4 || !all_digits(written_year) || written_day.size() > 2 || parts[1].size() > 2 ||
      !month || !day || *month > 12 || *day > 31) {
    return bad();
  }
  return std::string{written_year} + "-" + two_digits(*month) + "-" + two_digits(*day);
}

Read<std::string> iso_moment(const WhenCells& cells) {
  if (cells.date.empty()) return refuse(Reason::missing_date);
  const auto [day, behind] = at_first(cells.date, "T ");
  TRY(date, iso_date(day));
  // "2021-05-20T09:30:00+07:00", whole in one cell.
  if (!behind.empty() && cells.date[day.size()] == 'T' && behind.find_first_of("Z+-") != std::string_view::npos) {
    return date + "T" + std::string{behind};
  }
  const auto in_date = behind == "00:00" || behind == "00:00:00" || behind == "0:00" ? std::string_view{} : behind;
  if (!in_date.empty() && !cells.time.empty()) return refuse(Reason::invalid_date);
  const auto [time, zone_behind] = at_first(cells.time.empty() ? in_date : cells.time, " ");
  if (time.empty()) return date;
  const auto written = iso_time(time);
  if (!written) return refuse(Reason::invalid_date);
  const auto offset = offset_of(zone_behind.empty() ? cells.zone : zone_behind);
  if (!offset) return refuse(Reason::unknown_time_zone);
  return date + "T" + *written + *offset;
}

std::optional<RecordKind> kind_of_word(std::string_view cell) {
  constexpr std::array<std::pair<std::string_view, RecordKind>, 15> words{{{"vaccination", RecordKind::vaccination},
                                                                           {"vaksinasi", RecordKind::vaccination},
                                                                           {"vaksin", RecordKind::vaccination},
                                                                           {"imunisasi", RecordKind::vaccination},
                                                                           {"test", RecordKind::test},
                                                                           {"tes", RecordKind::test},
                                                                           {"uji", RecordKind::test},
                                                                           {"recovery", RecordKind::recovery},
                                                                           {"sembuh", RecordKind::recovery},
                                                                           {"kesembuhan", RecordKind::recovery},
                                                                           {"exemption", RecordKind::exemption},
                                                                           {"pengecualian", RecordKind::exemption},
                                                                           {"contact", RecordKind::contact},
                                                                           {"kontak", RecordKind::contact},
                                                                           {"kontak erat", RecordKind::contact}}};
  const auto word = lower(cell);
  for (const auto& [text, kind] : words) {
    if (word == text) return kind;
  }
  return std::nullopt;
}

const Vaccine* find_vaccine(const CodeMap& codes, std::string_view cell) {
  const auto word = lower(cell);
  constexpr std::array<std::string_view, 4> systems{"urn:lindung:vaccine", "urn:lindung:vaccine-name",
                                                    "http://hl7.org/fhir/sid/cvx", "http://sys-ids.kemkes.go.id/kfa"};
  for (const auto system : systems) {
    if (const auto* found = codes.vaccine(system, word)) return found;
  }
  return nullptr;
}

Read<std::uint32_t> parse_dose(std::string_view cell) {
  constexpr unsigned max_dose = 99;
  if (!all_digits(cell)) return std::uint32_t{0};
  const auto value = number(cell);
  if (!value || *value == 0 || *value > max_dose) return refuse(Reason::invalid_dose_number);
  return *value;
}

}  // namespace lindung::domain::csv
