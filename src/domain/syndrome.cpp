#include "domain/syndrome.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "domain/nik.h"
#include "embedded/codes_syndromes_json.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

constexpr std::size_t district_size = 4;
constexpr std::string_view first_regency = "01";
constexpr std::string_view last_regency = "69";
constexpr std::string_view first_city = "71";

struct SyndromeTable {
  std::vector<SyndromeInfo> syndromes;
  std::map<std::string, CodeSystem, std::less<>> systems;
  std::map<std::pair<CodeSystem, std::string>, Syndrome, std::less<>> codes;
};

// The file is part of the program; value() of what it lacks ends it, which the first test shows.
SyndromeTable read_table() {
  auto file = codec::parse_json(embedded::codes_syndromes_json);
  if (file.has_error()) std::abort();
  SyndromeTable table;
  for (const auto& each : file.value().at("syndromes").as_array()) {
    table.syndromes.push_back({.syndrome = static_cast<Syndrome>(each.at("number").to_number<int>()),
                               .id = std::string{each.at("id").as_string()},
                               .name_id = std::string{each.at("name_id").as_string()},
                               .name_en = std::string{each.at("name_en").as_string()},
                               .deadline = std::chrono::hours{each.at("deadline_hours").to_number<int>()}});
  }
  for (const auto& group : file.value().at("systems").as_array()) {
    const auto& names = group.at("system").as_array();
    const auto system =
        names.front().as_string() == uri_of(CodeSystem::icd_10) ? CodeSystem::icd_10 : CodeSystem::snomed_ct;
    for (const auto& name : names) table.systems.emplace(std::string{name.as_string()}, system);
    for (const auto& [code, id] : group.at("codes").as_object()) {
      const auto found = std::ranges::find(table.syndromes, std::string_view{id.as_string()}, &SyndromeInfo::id);
      if (found == table.syndromes.end()) std::abort();
      table.codes.emplace(std::pair{system, std::string{code}}, found->syndrome);
    }
  }
  return table;
}

const SyndromeTable& table() {
  static const SyndromeTable all = read_table();
  return all;
}

}  // namespace

std::span<const SyndromeInfo> syndromes() { return table().syndromes; }

const SyndromeInfo& info_of(Syndrome syndrome) {
  return *std::ranges::find(syndromes(), syndrome, &SyndromeInfo::syndrome);
}

std::string_view name_of(Syndrome syndrome) { return info_of(syndrome).id; }

Result<Syndrome> parse_syndrome(std::string_view id) {
  const auto found = std::ranges::find(syndromes(), id, &SyndromeInfo::id);
  if (found == syndromes().end()) return fail(Errc::invalid_argument, "no such syndrome");
  return found->syndrome;
}

std::string_view uri_of(CodeSystem system) noexcept {
  return system == CodeSystem::icd_10 ? "http://hl7.org/fhir/sid/icd-10" : "http://snomed.info/sct";
}

std::optional<CodeSystem> find_code_system(std::string_view uri) {
  const auto found = table().systems.find(uri.substr(0, uri.find('|')));
  return found == table().systems.end() ? std::nullopt : std::optional{found->second};
}

std::optional<Syndrome> syndrome_of(CodeSystem system, std::string_view code) {
  const auto found = table().codes.find(std::pair{system, std::string{code}});
  return found == table().codes.end() ? std::nullopt : std::optional{found->second};
}

bool is_district(std::string_view code) {
  if (code.size() != district_size || code.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const auto part = code.substr(2);
  const bool is_part = (part >= first_regency && part <= last_regency) || part >= first_city;
  return is_part && find_province(code.substr(0, 2)) != nullptr;
}

}  // namespace lindung::domain
