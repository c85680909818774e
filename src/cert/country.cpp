#include "cert/country.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/result.h"
#include "codec/json.h"
#include "embedded/codes_countries_json.h"

namespace lindung::cert {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

struct Table {
  std::unordered_set<std::string_view> two;
  std::unordered_map<std::string_view, std::string_view> two_of_three;
  boost::json::value holder;

  Table() {
    auto read = codec::parse_json(embedded::codes_countries_json);
    holder = read ? std::move(read.value()) : boost::json::value{};
    for (const auto& member : holder.as_object().at("countries").as_object()) {
      two.insert(member.key());
      two_of_three.emplace(member.value().as_string(), member.key());
    }
    two.insert("EU");
  }
};

const Table& table() {
  static const Table known;
  return known;
}

}  // namespace

bool looks_like_country(std::string_view code) noexcept {
  return (code.size() == 2 || code.size() == 3) && std::ranges::all_of(code, is_letter);
}

bool is_country(std::string_view code) noexcept { return table().two.contains(code); }

std::string country_of(std::string_view code) {
  std::string out{code};
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (out.size() != 3) return out;
  const auto found = table().two_of_three.find(out);
  return found == table().two_of_three.end() ? out : std::string{found->second};
}

}  // namespace lindung::cert
