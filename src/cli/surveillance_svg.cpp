#include "cli/surveillance_svg.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/nik.h"
#include "domain/syndrome.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct Tile {
  std::string_view code;
  std::string_view label;
  int column;
  int row;
};
// From west to east and north to south, as the islands lie.
constexpr std::array tiles{
    Tile{"11", "Aceh", 0, 0},       Tile{"12", "Sumut", 1, 1},       Tile{"14", "Riau", 2, 1},
    Tile{"21", "Kepri", 3, 1},      Tile{"13", "Sumbar", 1, 2},      Tile{"15", "Jambi", 2, 2},
    Tile{"19", "Babel", 3, 2},      Tile{"17", "Bengkulu", 1, 3},    Tile{"16", "Sumsel", 2, 3},
    Tile{"18", "Lampung", 2, 4},    Tile{"36", "Banten", 3, 5},      Tile{"31", "Jakarta", 4, 5},
    Tile{"32", "Jabar", 5, 5},      Tile{"33", "Jateng", 6, 5},      Tile{"34", "DIY", 6, 6},
    Tile{"35", "Jatim", 7, 5},      Tile{"51", "Bali", 8, 6},        Tile{"52", "NTB", 9, 6},
    Tile{"53", "NTT", 10, 6},       Tile{"61", "Kalbar", 5, 2},      Tile{"62", "Kalteng", 6, 2},
    Tile{"63", "Kalsel", 7, 3},     Tile{"64", "Kaltim", 7, 2},      Tile{"65", "Kaltara", 7, 1},
    Tile{"71", "Sulut", 10, 1},     Tile{"75", "Gorontalo", 9, 1},   Tile{"72", "Sulteng", 9, 2},
    Tile{"76", "Sulbar", 8, 3},     Tile{"73", "Sulsel", 9, 4},      Tile{"74", "Sultra", 10, 3},
    Tile{"82", "Malut", 11, 2},     Tile{"81", "Maluku", 11, 4},     Tile{"96", "PB Daya", 12, 2},
    Tile{"92", "P. Barat", 13, 2},  Tile{"91", "Papua", 15, 2},      Tile{"94", "P. Tengah", 14, 3},
    Tile{"95", "P. Pegun.", 15, 3}, Tile{"93", "P. Selatan", 15, 4},
};

constexpr int tile_size = 60;
constexpr int margin = 20;
constexpr int head = 64;
constexpr int columns = 16;
constexpr int rows = 7;
constexpr std::array<std::string_view, 5> shades{"#eef3fb", "#c6d8f0", "#8db4de", "#4a85c0", "#1c4f8a"};
constexpr std::string_view hidden_shade = "#f1f1ee";
constexpr std::uint32_t most_days = 400;
constexpr std::size_t month_at = 5;  // in "2026-11-22"
constexpr std::size_t month_and_day = 5;
constexpr std::size_t first_light_text = 3;  // shades from this one on take white letters

std::string number(double value) {
  auto text = std::to_string(static_cast<std::int64_t>(value * 10));
  const bool is_negative = text.front() == '-';
  if (is_negative) text.erase(0, 1);
  while (text.size() < 2) text.insert(0, 1, '0');
  text.insert(text.size() - 1, 1, '.');
  return is_negative ? "-" + text : text;
}

struct Words {
  std::string_view reports;
  std::string_view hidden;
  std::string_view unpublished;
  std::string_view noise;
};

Words words_of(Language language) {
  if (language == Language::indonesian) {
    return {.reports = "Laporan kasus suspek",
            .hidden = "disembunyikan: kurang dari 5",
            .unpublished = "tanpa batang: tidak diterbitkan",
            .noise = "Angka diberi derau privasi (Laplace diskret), epsilon"};
  }
  return {.reports = "Reports of suspected cases",
          .hidden = "hidden: fewer than 5",
          .unpublished = "no bar: not published",
          .noise = "Figures carry privacy noise (discrete Laplace), epsilon"};
}

std::string_view name_in(const domain::SyndromeInfo& syndrome, Language language) {
  return language == Language::indonesian ? syndrome.name_id : syndrome.name_en;
}

std::string text_at(double x, double y, std::string_view text, std::string_view style) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + std::string{style} + ">" + std::string{text} +
         "</text>\n";
}

std::string open_svg(int width, int height, std::string_view title) {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(width) + " " +
         std::to_string(height) + "\" width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) +
         "\" role=\"img\" font-family=\"sans-serif\">\n<title>" + std::string{title} +
         "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
}

// The members of one day's figures that are drawn; all of them numbers and dates of our own making.
struct DayFigures {
  std::string day;
  std::uint64_t epsilon_milli{};
  const json::object* provinces{};
  std::optional<std::uint64_t> total;
};

bool is_date(std::string_view text) {
  return text.size() == 10 && text.find_first_not_of("0123456789-") == std::string_view::npos;
}

Result<DayFigures> read_day(const json::value& figures, const std::string& syndrome) {
  const auto wrong = [] { return fail(Errc::malformed, "these are no published figures"); };
  const auto* object = figures.if_object();
  const auto* day = object == nullptr ? nullptr : object->if_contains("day");
  const auto* epsilon = object == nullptr ? nullptr : object->if_contains("epsilon_milli");
  const auto* all = object == nullptr ? nullptr : object->if_contains("syndromes");
  if (day == nullptr || !day->is_string() || !is_date(day->get_string()) || epsilon == nullptr ||
      !epsilon->is_number() || all == nullptr || !all->is_object()) {
    return wrong();
  }
  const auto* row = all->get_object().if_contains(syndrome);
  if (row == nullptr || !row->is_object()) return wrong();
  const auto* provinces = row->get_object().if_contains("provinces");
  if (provinces == nullptr || !provinces->is_object()) return wrong();
  const auto* total = row->get_object().if_contains("total");
  return DayFigures{.day = std::string{day->get_string()},
                    .epsilon_milli = epsilon->to_number<std::uint64_t>(),
                    .provinces = &provinces->get_object(),
                    .total = total != nullptr && total->is_number() ? std::optional{total->to_number<std::uint64_t>()}
                                                                    : std::nullopt};
}

std::optional<std::uint64_t> count_in(const json::object& provinces, std::string_view code) {
  const auto* value = provinces.if_contains(code);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<std::uint64_t>();
}

std::size_t shade_of(std::uint64_t count, std::uint64_t most) {
  return std::min<std::size_t>(shades.size() - 1, static_cast<std::size_t>(count * shades.size() / (most + 1)));
}

std::string hidden_legend(double x, double y, Language language) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"34\" height=\"12\" fill=\"" +
         std::string{hidden_shade} + "\" stroke=\"#9aa7b5\" stroke-dasharray=\"3 3\"/>\n" +
         text_at(x + 42, y + 11, words_of(language).hidden, "font-size=\"12\" fill=\"#222222\"");
}

std::string footer(double y, const DayFigures& figures, Language language) {
  return text_at(
      margin, y,
      std::string{words_of(language).noise} + " " + number(static_cast<double>(figures.epsilon_milli) / 1000) + ".",
      "font-size=\"12\" fill=\"#555555\"");
}

}  // namespace

Result<std::string> province_map_svg(const json::value& figures, const domain::SyndromeInfo& syndrome,
                                     Language language) {
  TRY(day, read_day(figures, syndrome.id));
  const auto words = words_of(language);
  const int width = 2 * margin + columns * tile_size;
  const int height = head + rows * tile_size + 90;
  std::uint64_t most = 0;
  for (const auto& tile : tiles) most = std::max(most, count_in(*day.provinces, tile.code).value_or(0));
  const auto title = std::string{name_in(syndrome, language)} + ", " + day.day;
  auto svg = open_svg(width, height, title);
  svg += text_at(margin, 30, title, "font-size=\"20\" font-weight=\"bold\" fill=\"#222222\"");
  svg += text_at(margin, 50, words.reports, "font-size=\"13\" fill=\"#555555\"");
  for (const auto& tile : tiles) {
    const auto count = count_in(*day.provinces, tile.code);
    const auto shade = count ? shade_of(*count, most) : 0;
    const double x = margin + tile.column * tile_size;
    const double y = head + tile.row * tile_size;
    const std::string_view ink = count && shade >= first_light_text ? "#ffffff" : "#222222";
    const auto* province = domain::find_province(tile.code);
    svg += "<g><title>" + (province == nullptr ? std::string{tile.label} : province->name) + ": " +
           (count ? std::to_string(*count) : std::string{words.hidden}) + "</title><rect x=\"" + number(x + 1) +
           "\" y=\"" + number(y + 1) + "\" width=\"" + number(tile_size - 2) + "\" height=\"" + number(tile_size - 2) +
           "\" rx=\"4\" fill=\"" + std::string{count ? shades.at(shade) : hidden_shade} + "\" stroke=\"#9aa7b5\"" +
           (count ? "" : " stroke-dasharray=\"3 3\"") + "/>\n";
    const auto style = [&](std::string_view size) {
      return "font-size=\"" + std::string{size} + "\" text-anchor=\"middle\" fill=\"" + std::string{ink} + "\"";
    };
    svg += text_at(x + tile_size / 2.0, y + 24, tile.label, style("10"));
    svg += text_at(x + tile_size / 2.0, y + 44, count ? std::to_string(*count) : "·", style("15")) + "</g>\n";
  }
  const double legend = head + rows * tile_size + 24;
  for (std::size_t i = 0; i < shades.size(); ++i) {
    svg += "<rect x=\"" + number(margin + static_cast<double>(i) * 34) + "\" y=\"" + number(legend) +
           "\" width=\"34\" height=\"12\" fill=\"" + std::string{shades.at(i)} + "\" stroke=\"#9aa7b5\"/>\n";
  }
  const auto right = margin + static_cast<double>(shades.size()) * 34;
  svg += text_at(right + 8, legend + 11, "0 – " + std::to_string(most), "font-size=\"12\" fill=\"#222222\"");
  svg += hidden_legend(right + 90, legend, language);
  svg += footer(legend + 40, day, language);
  return svg + "</svg>\n";
}

Result<std::string> series_svg(const json::array& figures, const domain::SyndromeInfo& syndrome, Language language) {
  constexpr int width = 900;
  constexpr int height = 360;
  constexpr double left = 60;
  constexpr double bottom = 290;
  constexpr double plot_height = 210;
  constexpr double hidden_height = 4;
  std::map<std::uint32_t, DayFigures> days;  // those between that were not published stay empty
  for (const auto& each : figures) {
    TRY(day, read_day(each, syndrome.id));
    TRY(moment, parse_rfc3339(day.day + "T00:00:00Z"));
    days.insert_or_assign(day_of(moment).number, day);
  }
  if (days.empty()) return fail(Errc::not_found, "nothing is published of these days");
  const auto first = days.begin()->first;
  const auto last = days.rbegin()->first;
  if (last - first > most_days) return fail(Errc::invalid_argument, "at most 400 days in one picture");
  std::uint64_t most = 1;
  for (const auto& [number, day] : days) most = std::max(most, day.total.value_or(0));
  const auto words = words_of(language);
  const auto title =
      std::string{name_in(syndrome, language)} + ", " + days.begin()->second.day + " – " + days.rbegin()->second.day;
  auto svg = open_svg(width, height, title);
  svg += text_at(margin, 30, title, "font-size=\"20\" font-weight=\"bold\" fill=\"#222222\"");
  svg += text_at(margin, 50, words.reports, "font-size=\"13\" fill=\"#555555\"");
  for (int line = 0; line <= 2; ++line) {
    const double y = bottom - plot_height * line / 2;
    svg += "<line x1=\"" + number(left) + "\" x2=\"" + number(width - margin) + "\" y1=\"" + number(y) + "\" y2=\"" +
           number(y) + "\" stroke=\"#dddddd\"/>\n";
    svg += text_at(left - 8, y + 4, std::to_string(most * static_cast<std::uint64_t>(line) / 2),
                   "font-size=\"12\" text-anchor=\"end\" fill=\"#555555\"");
  }
  const double step = (width - left - margin) / static_cast<double>(last - first + 1);
  const auto labelled = std::max<std::uint32_t>(1, (last - first + 1) / 10);
  for (auto at = first; at <= last; ++at) {
    const double x = left + step * static_cast<double>(at - first);
    if ((at - first) % labelled == 0) {
      svg += text_at(x + step / 2, bottom + 18, rfc3339(start_of(Day{at})).substr(month_at, month_and_day),
                     "font-size=\"11\" text-anchor=\"middle\" fill=\"#555555\"");
    }
    const auto found = days.find(at);
    if (found == days.end()) continue;
    const auto total = found->second.total;
    const double size = total ? plot_height * static_cast<double>(*total) / static_cast<double>(most) : hidden_height;
    svg += "<g><title>" + found->second.day + ": " + (total ? std::to_string(*total) : std::string{words.hidden}) +
           "</title><rect x=\"" + number(x + step * 0.1) + "\" y=\"" + number(bottom - size) + "\" width=\"" +
           number(step * 0.8) + "\" height=\"" + number(size) + "\" fill=\"" +
           std::string{total ? shades[first_light_text] : hidden_shade} + "\"" +
           (total ? "" : " stroke=\"#9aa7b5\" stroke-dasharray=\"3 3\"") + "/></g>\n";
  }
  constexpr double legend = bottom + 32;
  svg += hidden_legend(left, legend, language);
  svg += text_at(left + 300, legend + 11, words.unpublished, "font-size=\"12\" fill=\"#222222\"");
  svg += footer(bottom + 64, days.rbegin()->second, language);
  return svg + "</svg>\n";
}

}  // namespace lindung::cli
