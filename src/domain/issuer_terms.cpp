#include "domain/issuer_terms.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "domain/nik.h"
#include "domain/record.h"

namespace lindung::domain {

namespace {

constexpr std::array day_names{std::string_view{"mon"}, std::string_view{"tue"}, std::string_view{"wed"},
                               std::string_view{"thu"}, std::string_view{"fri"}, std::string_view{"sat"},
                               std::string_view{"sun"}};
constexpr std::array all_kinds{RecordKind::vaccination, RecordKind::test, RecordKind::recovery, RecordKind::exemption,
                               RecordKind::contact};
constexpr std::uint64_t version = 1;
constexpr std::size_t items = 11;
constexpr unsigned day_minutes = 1'440;
constexpr int offset_bias = 1'440;  // stored offsets are not negative
constexpr std::uint64_t most_districts = 1'000;

struct Zone {
  std::string_view name;
  std::int16_t minutes;
};
constexpr std::array zones{Zone{.name = "WIB", .minutes = 420}, Zone{.name = "WITA", .minutes = 480},
                           Zone{.name = "WIT", .minutes = 540}, Zone{.name = "UTC", .minutes = 0}};

auto bad_hours() {
  return fail(Errc::invalid_argument, "opening hours are written like this: mon-sat 07:00-17:00 WIB");
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::size_t> day_number(std::string_view name) {
  const auto* const found = std::ranges::find(day_names, name);
  if (found == day_names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - day_names.begin());
}

Result<std::uint8_t> parse_days(std::string_view text) {
  unsigned days = 0;
  for (const auto part : split(text, ',')) {
    const auto ends = split(part, '-');
    const auto first = day_number(ends.front());
    const auto last = day_number(ends.back());
    if (!first || !last || ends.size() > 2) return bad_hours();
    for (auto day = *first;; day = (day + 1) % day_names.size()) {  // "fri-mon" goes over the end of the week
      days |= 1U << day;
      if (day == *last) break;
    }
  }
  return static_cast<std::uint8_t>(days);
}

std::optional<unsigned> two_digits(std::string_view text) {
  unsigned value = 0;
  if (text.size() != 2) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "07:00"; "24:00" is the end of the day.
std::optional<unsigned> minutes_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = two_digits(text.substr(0, 2));
  const auto minutes = two_digits(text.substr(3));
  if (!hours || !minutes || *minutes > 59 || *hours * 60 + *minutes > day_minutes) return std::nullopt;
  return *hours * 60 + *minutes;
}

std::optional<std::int16_t> zone_minutes(std::string_view text) {
  const auto* const named = std::ranges::find(zones, text, &Zone::name);
  if (named != zones.end()) return named->minutes;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto minutes = minutes_of(text.substr(1));
  if (!minutes || *minutes > 14 * 60) return std::nullopt;
  return static_cast<std::int16_t>(text[0] == '-' ? -static_cast<int>(*minutes) : static_cast<int>(*minutes));
}

std::string clock_text(unsigned minutes) {
  std::string text = "00:00";
  const auto put = [&](std::size_t at, unsigned value) {
    text[at] = static_cast<char>('0' + value / 10);
    text[at + 1] = static_cast<char>('0' + value % 10);
  };
  put(0, minutes / 60);
  put(3, minutes % 60);
  return text;
}

std::string days_text(std::uint8_t days) {
  std::string text;
  for (std::size_t day = 0; day < day_names.size(); ++day) {
    if (((days >> day) & 1U) == 0) continue;
    text += (text.empty() ? "" : ",") + std::string{day_names.at(day)};
  }
  return text;
}

std::string zone_text(int offset) {
  const auto* const named = std::ranges::find(zones, offset, &Zone::minutes);
  if (named != zones.end()) return std::string{named->name};
  return (offset < 0 ? "-" : "+") + clock_text(static_cast<unsigned>(offset < 0 ? -offset : offset));
}

}  // namespace

bool OpeningHours::is_open_at(Moment now) const noexcept {
  const auto local = now + std::chrono::minutes{offset_minutes};
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto weekday = std::chrono::weekday{day}.iso_encoding() - 1;
  const auto minute = std::chrono::floor<std::chrono::minutes>(local - day).count();
  return ((days >> weekday) & 1U) != 0 && minute >= opens && minute < closes;
}

Result<OpeningHours> parse_opening_hours(std::string_view text) {
  const auto parts = split(text, ' ');
  if (parts.size() != 3) return bad_hours();
  const auto times = split(parts[1], '-');
  if (times.size() != 2) return bad_hours();
  const auto opens = minutes_of(times[0]);
  const auto closes = minutes_of(times[1]);
  const auto zone = zone_minutes(parts[2]);
  if (!opens || !closes || !zone || *opens >= *closes) return bad_hours();
  TRY(days, parse_days(parts[0]));
  return OpeningHours{.days = days,
                      .opens = static_cast<std::uint16_t>(*opens),
                      .closes = static_cast<std::uint16_t>(*closes),
                      .offset_minutes = *zone};
}

std::string text_of(const OpeningHours& hours) {
  return days_text(hours.days) + " " + clock_text(hours.opens) + "-" + clock_text(hours.closes) + " " +
         zone_text(hours.offset_minutes);
}

Result<std::uint8_t> parse_record_kinds(std::string_view text) {
  std::uint8_t kinds = 0;
  for (const auto word : split(text, ',')) {
    const auto* const kind = std::ranges::find(all_kinds, word, [](RecordKind each) { return name_of(each); });
    if (kind == all_kinds.end()) {
      return fail(Errc::invalid_argument, "kinds are vaccination, test, recovery, exemption, contact");
    }
    kinds = static_cast<std::uint8_t>(kinds | bit_of(*kind));
  }
  return kinds;
}

std::string text_of_kinds(std::uint8_t kinds) {
  std::string text;
  for (const auto kind : all_kinds) {
    if ((kinds & bit_of(kind)) != 0) text += (text.empty() ? "" : ",") + std::string{name_of(kind)};
  }
  return text;
}

Result<std::vector<std::string>> parse_districts(std::string_view text) {
  std::vector<std::string> districts;
  if (text.empty()) return districts;
  for (const auto part : split(text, ',')) {
    const bool is_digits = std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_digits || (part.size() != 2 && part.size() != 4 && part.size() != 6)) {
      return fail(Errc::invalid_argument, "districts are the first 2, 4 or 6 digits of a NIK: 31,3174,317405");
    }
    districts.emplace_back(part);
  }
  if (districts.size() > most_districts) return fail(Errc::invalid_argument, "at most 1,000 districts");
  return districts;
}

bool IssuerTerms::covers(const std::optional<Nik>& nik) const noexcept {
  return districts.empty() || !nik ||
         std::ranges::any_of(districts, [&](const auto& district) { return nik->digits().starts_with(district); });
}

Bytes encode(const IssuerTerms& terms) {
  const auto hours = terms.hours.value_or(OpeningHours{});
  codec::CborWriter out;
  out.array(items).uint(version).text(terms.licence).uint(terms.kinds);
  out.array(terms.districts.size());
  for (const auto& district : terms.districts) out.text(district);
  out.uint(terms.daily_rows).uint(terms.hours ? 1 : 0).uint(hours.days).uint(hours.opens).uint(hours.closes);
  out.uint(static_cast<std::uint64_t>(hours.offset_minutes + offset_bias));
  out.uint(static_cast<std::uint64_t>(terms.back_dating.count()));
  return std::move(out).take();
}

Result<IssuerTerms> decode_issuer_terms(BytesView stored) {
  codec::CborReader in{stored};
  TRY(count, in.array());
  TRY(written_version, in.uint());
  if (count != items || written_version != version) return fail(Errc::corrupt, "issuer terms: version");
  TRY(licence, in.text());
  TRY(kinds, in.uint());
  TRY(listed, in.array());
  if (listed > most_districts) return fail(Errc::corrupt, "issuer terms: districts");
  IssuerTerms terms{.licence = std::string{licence},
                    .kinds = static_cast<std::uint8_t>(kinds),
                    .districts = {},
                    .daily_rows = 0,
                    .hours = {},
                    .back_dating = {}};
  for (std::uint64_t i = 0; i < listed; ++i) {
    TRY(district, in.text());
    terms.districts.emplace_back(district);
  }
  TRY(daily_rows, in.uint());
  TRY(has_hours, in.uint());
  TRY(days, in.uint());
  TRY(opens, in.uint());
  TRY(closes, in.uint());
  TRY(offset, in.uint());
  TRY(back_dating, in.uint());
  TRYV(in.end());
  terms.daily_rows = daily_rows;
  if (has_hours != 0) {
    terms.hours = OpeningHours{.days = static_cast<std::uint8_t>(days),
                               .opens = static_cast<std::uint16_t>(opens),
                               .closes = static_cast<std::uint16_t>(closes),
                               .offset_minutes = static_cast<std::int16_t>(static_cast<int>(offset) - offset_bias)};
  }
  terms.back_dating = std::chrono::days{static_cast<std::int64_t>(back_dating)};
  return terms;
}

}  // namespace lindung::domain
