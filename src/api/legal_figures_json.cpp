#include "api/legal_figures_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "service/legal_requests.h"
#include "service/pack_telling.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

json::value shown(const std::optional<std::uint64_t>& count) {
  return count ? json::value(*count) : json::value(nullptr);
}

// The counts of each month under it; both kinds come in the order of their months.
template <class Count, class Describe>
json::array by_month(const std::vector<Count>& counts, Describe describe) {
  json::array months;
  for (const auto& count : counts) {
    if (months.empty() || months.back().at("month").as_string() != count.month) {
      months.emplace_back(json::object{{"month", count.month}, {"counts", json::array{}}});
    }
    months.back().at("counts").as_array().emplace_back(describe(count));
  }
  return months;
}

}  // namespace

json::value legal_figures_json(const std::vector<service::LegalCount>& counts,
                               const std::vector<service::PackCount>& packs) {
  auto months = by_month(counts, [](const service::LegalCount& count) {
    return json::object{{"basis", count.basis},
                        {"granted", shown(count.granted)},
                        {"refused", shown(count.refused)},
                        {"told", shown(count.told)}};
  });
  auto made = by_month(packs, [](const service::PackCount& count) {
    return json::object{{"basis", count.basis}, {"made", shown(count.made)}, {"told", shown(count.told)}};
  });
  return json::object{
      {"months", std::move(months)}, {"packs", std::move(made)}, {"hidden_below", service::fewest_requests_told}};
}

}  // namespace lindung::api
