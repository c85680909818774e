#include "cert/value_sets.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/result.h"
#include "cert/country.h"
#include "cert/text_forms.h"
#include "codec/json.h"
#include "embedded/codes_dcc_value_sets_json.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

struct Codes {
  std::string_view look;  // "digits", or what a code of the system begins with
  std::unordered_set<std::string_view> known;
};

constexpr std::size_t sets_in_file = 6;  // in the order of ValueSet
constexpr std::array<std::string_view, sets_in_file> set_names{
    "disease-agent-targeted", "vaccine-prophylaxis", "vaccine-medicinal-product",
    "vaccine-mah-manf",       "test-type",           "test-result"};

struct Table {
  json::value holder;
  std::array<Codes, sets_in_file> sets;
  std::uint32_t highest_device{};

  Table() {
    auto read = codec::parse_json(embedded::codes_dcc_value_sets_json);
    if (read) holder = std::move(read.value());
    const auto& file = holder.as_object();
    for (std::size_t i = 0; i < sets_in_file; ++i) {
      const auto& set = file.at("sets").as_object().at(set_names[i]).as_object();
      sets[i].look = set.at("pattern").as_string();
      for (const auto& code : set.at("codes").as_array()) sets[i].known.insert(code.as_string());
    }
    highest_device = file.at("test-manf-highest").to_number<std::uint32_t>();
  }
};

const Table& table() {
  static const Table known;
  return known;
}

bool all_digits(std::string_view code) { return !code.empty() && std::ranges::all_of(code, is_digit); }

bool looks_like(std::string_view look, std::string_view code) {
  return look == "digits" ? all_digits(code) : code.starts_with(look);
}

bool device_may_stand(std::string_view code) {
  if (!all_digits(code)) return true;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
  return error == std::errc{} && number <= table().highest_device;
}

bool country_may_stand(std::string_view code) {
  const bool looks = code.size() == 2 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
  return !looks || is_country(code);
}

}  // namespace

bool may_stand(ValueSet set, std::string_view code) {
  if (set == ValueSet::country) return country_may_stand(code);
  if (set == ValueSet::test_device) return device_may_stand(code);
  const auto& codes = table().sets[static_cast<std::size_t>(set)];
  return codes.known.contains(code) || !looks_like(codes.look, code);
}

}  // namespace lindung::cert
