#include "domain/nik.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "embedded/codes_provinces_json.h"

namespace lindung::domain {

namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr unsigned female_offset = 40;

unsigned two_digits(std::string_view text, std::size_t offset) {
  return static_cast<unsigned>(text[offset] - '0') * 10 + static_cast<unsigned>(text[offset + 1] - '0');
}

// The file is part of the program: a broken one is a broken build, which the first test shows.
std::vector<Province> read_provinces() {
  const auto file = codec::parse_json(embedded::codes_provinces_json);
  if (file.has_error()) std::abort();
  std::vector<Province> list;
  for (const auto& item : file.value().at("provinces").as_array()) {
    list.push_back({.code = std::string{item.at("code").as_string()},
                    .name = std::string{item.at("name").as_string()},
                    .regencies = item.at("regencies").to_number<unsigned>(),
                    .cities = item.at("cities").to_number<unsigned>(),
                    .population_thousands = item.at("population_thousands").to_number<unsigned>()});
  }
  return list;
}

}  // namespace

std::span<const Province> provinces() {
  static const std::vector<Province> list = read_provinces();
  return list;
}

const Province* find_province(std::string_view code) {
  const auto list = provinces();
  const auto found = std::ranges::find(list, code, &Province::code);
  return found == list.end() ? nullptr : &*found;
}

unsigned Nik::number(std::size_t offset) const noexcept { return two_digits(digits(), offset); }

Sex Nik::sex() const noexcept { return number(6) > female_offset ? Sex::female : Sex::male; }

year_month_day Nik::birth_date(Moment now) const noexcept {
  const auto today = year_month_day{std::chrono::floor<std::chrono::days>(now)};
  const unsigned written_day = number(6);
  const auto date_in = [&](int full_year) {
    return year_month_day{year{full_year}, month{number(8)},
                          day{written_day > female_offset ? written_day - female_offset : written_day}};
  };
  const int century = static_cast<int>(today.year()) / 100 * 100;
  const auto young = date_in(century + static_cast<int>(number(10)));
  return young.ok() && young <= today ? young : date_in(century - 100 + static_cast<int>(number(10)));
}

Result<Nik> parse_nik(std::string_view text) {
  const auto refuse = [](const char* why) { return fail(Errc::invalid_argument, std::string{"NIK: "} + why); };
  if (text.size() != Nik::size) return refuse("not 16 characters");
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return refuse("not digits only");
  if (find_province(text.substr(0, 2)) == nullptr) return refuse("no such province");
  const unsigned regency = two_digits(text, 2);
  if (regency == 0 || regency == 70) return refuse("no such regency");
  if (two_digits(text, 4) == 0) return refuse("no such district");
  const unsigned written_day = two_digits(text, 6);
  // 2000 stands for any leap year, 2001 for any other: every year with two digits divisible by four has a 29 February
  // in one of the centuries it can mean.
  const int some_year = two_digits(text, 10) % 4 == 0 ? 2000 : 2001;
  const year_month_day date{year{some_year}, month{two_digits(text, 8)},
                            day{written_day > female_offset ? written_day - female_offset : written_day}};
  if (!date.ok()) return refuse("no such birth date");
  if (text.substr(12) == "0000") return refuse("serial 0000");
  return Nik{text};
}

}  // namespace lindung::domain
