#include "domain/code_map.h"

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "domain/record.h"
#include "embedded/codes_findings_json.h"
#include "embedded/codes_results_json.h"
#include "embedded/codes_tests_json.h"
#include "embedded/codes_vaccine_codes_json.h"
#include "embedded/codes_vaccine_names_json.h"
#include "embedded/codes_vaccines_json.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

constexpr std::string_view own_system = "urn:lindung:vaccine";
// In the order of the enumerators.
constexpr std::array<std::string_view, 3> test_words{"naat", "antigen", "antibody"};
constexpr std::array<std::string_view, 3> result_words{"negative", "positive", "indeterminate"};
constexpr std::array<std::string_view, 3> finding_words{"disease", "contact", "exemption"};

std::string key_of(std::string_view system, std::string_view code) {
  std::string key;
  key.reserve(system.size() + code.size() + 1);
  return key.append(system).append(1, '\n').append(code);
}

Result<const json::value*> member(const json::value& object, std::string_view name) {
  const auto* fields = object.if_object();
  const auto* found = fields == nullptr ? nullptr : fields->if_contains(name);
  if (found == nullptr) return fail(Errc::malformed, "code table: no member " + std::string{name});
  return found;
}

Result<std::string> text_of(const json::value& object, std::string_view name) {
  TRY(value, member(object, name));
  const auto* text = value->if_string();
  if (text == nullptr) return fail(Errc::malformed, "code table: no text in " + std::string{name});
  return std::string{*text};
}

Result<unsigned> number_of(const json::value& object, std::string_view name) {
  TRY(value, member(object, name));
  boost::system::error_code error;
  const auto number = value->to_number<unsigned>(error);
  if (error) return fail(Errc::malformed, "code table: no number in " + std::string{name});
  return number;
}

Result<const json::array*> list_of(const json::value& object, std::string_view name) {
  TRY(value, member(object, name));
  const auto* list = value->if_array();
  if (list == nullptr) return fail(Errc::malformed, "code table: no list in " + std::string{name});
  return list;
}

}  // namespace

Result<void> CodeMap::read_vaccines(std::string_view text) {
  TRY(file, codec::parse_json(text));
  TRY(series, list_of(file, "series"));
  for (const auto& item : *series) {
    TRY(id, text_of(item, "id"));
    TRY(disease, text_of(item, "disease"));
    TRY(doses, number_of(item, "doses"));
    if (doses == 0 || std::ranges::find(series_, id, &Series::id) != series_.end()) {
      return fail(Errc::malformed, "code table: series " + id + " twice or without doses");
    }
    series_.push_back({.id = std::move(id), .disease = std::move(disease), .doses = doses});
  }
  TRY(vaccines, list_of(file, "vaccines"));
  for (const auto& item : *vaccines) {
    TRY(code, text_of(item, "code"));
    TRY(name, text_of(item, "name"));
    TRY(schedule, text_of(item, "series"));
    TRY(vagueness, number_of(item, "vagueness"));
    if (std::ranges::find(series_, schedule, &Series::id) == series_.end()) {
      return fail(Errc::malformed, "code table: vaccine " + code + " of an unknown series");
    }
    if (std::ranges::find(vaccines_, code, &Vaccine::code) != vaccines_.end()) {
      return fail(Errc::malformed, "code table: vaccine " + code + " twice");
    }
    vaccines_.push_back(
        {.code = std::move(code), .name = std::move(name), .series = std::move(schedule), .vagueness = vagueness});
  }
  return ok();
}

Result<CodeMap::Table> CodeMap::read_table(std::string_view text, std::span<const std::string_view> words) {
  TRY(file, codec::parse_json(text));
  TRY(systems, list_of(file, "systems"));
  Table table;
  for (const auto& group : *systems) {
    TRY(names, list_of(group, "system"));
    TRY(codes, member(group, "codes"));
    if (!codes->is_object()) return fail(Errc::malformed, "code table: codes are no object");
    for (const auto& name : *names) {
      if (!name.is_string()) return fail(Errc::malformed, "code table: a system is no text");
      for (const auto& [code, word] : codes->get_object()) {
        const auto* meaning = word.if_string();
        const auto place = meaning == nullptr ? words.end() : std::ranges::find(words, std::string_view{*meaning});
        if (place == words.end())
          return fail(Errc::malformed, "code table: unknown word for code " + std::string{code});
        const auto index = static_cast<std::size_t>(place - words.begin());
        if (!table.try_emplace(key_of(name.get_string(), code), index).second) {
          return fail(Errc::malformed, "code table: code " + std::string{code} + " twice");
        }
      }
    }
  }
  return table;
}

Result<CodeMap> CodeMap::load(const CodeTables& tables) {
  CodeMap map;
  TRYV(map.read_vaccines(tables.vaccines));
  std::vector<std::string_view> words;
  for (const auto& vaccine : map.vaccines_) words.push_back(vaccine.code);
  TRY(vaccine_codes, read_table(tables.vaccine_codes, words));
  TRY(vaccine_names, read_table(tables.vaccine_names, words));
  vaccine_codes.merge(vaccine_names);
  for (std::size_t i = 0; i < words.size(); ++i) vaccine_codes.try_emplace(key_of(own_system, words[i]), i);
  TRY(tests, read_table(tables.tests, test_words));
  TRY(results, read_table(tables.results, result_words));
  TRY(findings, read_table(tables.findings, finding_words));
  map.vaccine_codes_ = std::move(vaccine_codes);
  map.tests_ = std::move(tests);
  map.results_ = std::move(results);
  map.findings_ = std::move(findings);
  return map;
}

const std::size_t* CodeMap::find(const Table& table, std::string_view system, std::string_view code) {
  const auto found = table.find(key_of(system.substr(0, system.find('|')), code));
  return found == table.end() ? nullptr : &found->second;
}

const Vaccine* CodeMap::vaccine(std::string_view system, std::string_view code) const {
  const auto* place = find(vaccine_codes_, system, code);
  return place == nullptr ? nullptr : &vaccines_[*place];
}

std::optional<TestKind> CodeMap::test(std::string_view system, std::string_view code) const {
  const auto* place = find(tests_, system, code);
  if (place == nullptr) return std::nullopt;
  return static_cast<TestKind>(*place + 1);
}

std::optional<TestResult> CodeMap::result(std::string_view system, std::string_view code) const {
  const auto* place = find(results_, system, code);
  if (place == nullptr) return std::nullopt;
  return static_cast<TestResult>(*place + 1);
}

std::optional<Finding> CodeMap::finding(std::string_view system, std::string_view code) const {
  const auto* place = find(findings_, system, code);
  if (place == nullptr) return std::nullopt;
  return static_cast<Finding>(*place);
}

std::string_view CodeMap::disease_of(const Vaccine& vaccine) const {
  return std::ranges::find(series_, vaccine.series, &Series::id)->disease;
}

const CodeMap& built_in_codes() {
  static const CodeMap map = [] {
    auto loaded = CodeMap::load({.vaccines = embedded::codes_vaccines_json,
                                 .vaccine_codes = embedded::codes_vaccine_codes_json,
                                 .vaccine_names = embedded::codes_vaccine_names_json,
                                 .tests = embedded::codes_tests_json,
                                 .results = embedded::codes_results_json,
                                 .findings = embedded::codes_findings_json});
    // The files are part of the program: a broken one is a broken build, which the first test shows.
    if (loaded.has_error()) std::abort();
    return std::move(loaded).value();
  }();
  return map;
}

}  // namespace lindung::domain
