#include "cli/border_zones.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "domain/import.h"
#include "domain/mrz.h"
#include "domain/nik.h"

namespace lindung::cli {

namespace json = boost::json;

namespace {

// As many characters as a zone counts.
std::size_t typed_size(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return c != ' ' && c != '\t' && c != '\r'; }));
}

std::string date_text(int year, unsigned month, unsigned day) {
  std::array<char, 32> out{};
  const auto size = std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", year, month, day);
  return {out.data(), static_cast<std::size_t>(size)};
}

// "1974-08-12", "1974-08", "1974"
std::string birth_text(const domain::PartialDate& date) {
  const auto whole = date_text(date.year, date.month, date.day);
  return whole.substr(0, date.month == 0 ? 4 : date.day == 0 ? 7 : 10);
}

}  // namespace

std::vector<std::string> zones_in(std::string_view text) {
  std::vector<std::string> out;
  std::string zone;
  std::size_t lines = 0;
  std::size_t wanted = 0;  // 0: until an empty line
  const auto end_zone = [&] {
    if (!zone.empty()) out.push_back(std::exchange(zone, {}));
    lines = 0;
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto size = typed_size(line);
    if (size == 0) {
      end_zone();
      continue;
    }
    if (lines == 0) wanted = domain::zone_lines(size);
    zone += std::string{line} + "\n";
    ++lines;
    if (lines == wanted) end_zone();
  }
  end_zone();
  return out;
}

json::object zone_json(const domain::ZoneResult<domain::TravelZone>& zone, Moment at) {
  if (!zone) {
    return {{"zone", "refused"},
            {"reason", name_of(zone.error().reason)},
            {"line", zone.error().line},
            {"column", zone.error().column}};
  }
  const auto& read = zone.value();
  json::object out{{"zone", "read"},
                   {"form", name_of(read.form)},
                   {"code", read.document_code},
                   {"state", read.state},
                   {"number", read.number},
                   {"nationality", read.nationality},
                   {"family", read.name.family},
                   {"given", read.name.given},
                   {"names_may_be_cut", read.names_fill_field},
                   {"until", date_text(static_cast<int>(read.expiry.year()), static_cast<unsigned>(read.expiry.month()),
                                       static_cast<unsigned>(read.expiry.day()))},
                   {"ended", domain::has_ended(read, at)}};
  if (read.birth) out["born"] = birth_text(*read.birth);
  if (read.sex) out["sex"] = *read.sex == domain::Sex::female ? "F" : "M";
  return out;
}

}  // namespace lindung::cli
