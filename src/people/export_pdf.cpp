// The document of an export: every part of the JSON as a section, every value as a line of it, so that nothing is in
// the one form and not in the other.
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "image/document.h"
#include "image/page.h"
#include "people/own_export.h"

namespace lindung::people {

namespace {

namespace json = boost::json;

struct Part {
  std::string_view key;
  std::string_view id;
  std::string_view en;
};
constexpr std::array parts{
    Part{"person", "Siapa Anda", "Who you are"},
    Part{"colour", "Status Anda menurut waktu", "Your status over time"},
    Part{"records", "Catatan kesehatan", "Health records"},
    Part{"disputes_and_overrides", "Keberatan dan keputusan petugas", "Disputes, and what officers decided"},
    Part{"certificates", "Sertifikat", "Certificates"},
    Part{"visits", "Kunjungan", "Visits"},
    Part{"links", "Mitra", "Partners"},
    Part{"consents", "Persetujuan", "Consents"},
    Part{"acts_for_me", "Yang bertindak untuk Anda", "Who acts for you"},
    Part{"i_act_for", "Untuk siapa Anda bertindak", "Whom you act for"},
    Part{"notices", "Pemberitahuan", "Notices"},
    Part{"restricted_since", "Dibatasi sejak", "Restricted since"},
};

std::string plain(const json::value& value) {
  if (value.is_string()) return std::string{value.as_string()};
  if (value.is_null()) return "-";
  return json::serialize(value);
}

std::string line_of(const json::object& row) {
  std::string line;
  for (const auto& field : row) {
    if (!line.empty()) line += "; ";
    line += std::string{field.key()} + ": " + plain(field.value());
  }
  return line;
}

std::vector<image::Words> lines_of(const json::value& value) {
  std::vector<image::Words> lines;
  const auto add = [&](std::string line) { lines.push_back({.id = line, .en = std::move(line)}); };
  if (value.is_array()) {
    for (const auto& row : value.as_array()) add(row.is_object() ? line_of(row.as_object()) : plain(row));
    if (value.as_array().empty()) lines.push_back({.id = "Tidak ada.", .en = "None."});
  } else if (value.is_object()) {
    for (const auto& field : value.as_object()) add(std::string{field.key()} + ": " + plain(field.value()));
  } else {
    add(plain(value));
  }
  return lines;
}

}  // namespace

Result<Bytes> export_pdf(const json::object& exported) {
  const auto made_at = plain(exported.at("made_at"));
  image::Document document{
      .title = {.id = "Semua data tentang Anda", .en = "Everything that is kept about you"},
      .subtitle = {.id = "Dibuat " + made_at + " (UTC)", .en = "Made on " + made_at + " (UTC)"},
      .sections = {},
      .footer = {.id = "Lindung - salinan untuk Anda sendiri", .en = "Lindung - a copy for yourself"},
      .made_at = made_at};
  for (const auto& part : parts) {
    document.sections.push_back({.heading = {.id = std::string{part.id}, .en = std::string{part.en}},
                                 .paragraphs = lines_of(exported.at(part.key))});
  }
  return image::document_pdf(document);
}

}  // namespace lindung::people
