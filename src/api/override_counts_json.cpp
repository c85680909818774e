#include "api/override_counts_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <span>
#include <utility>

#include "domain/colour.h"
#include "service/override_counts.h"

namespace lindung::api {

namespace json = boost::json;

json::value counts_by_month(std::span<const service::OverrideCount> counts) {
  json::array months;
  for (const auto& count : counts) {
    if (months.empty() || months.back().at("month").as_string() != count.month) {
      months.emplace_back(json::object{{"month", count.month}, {"counts", json::array{}}});
    }
    json::object row{{"basis", count.basis}};
    if (count.colour) row["colour"] = domain::name_of(*count.colour);
    row["set"] = count.set;
    row["ended"] = count.ended;
    months.back().at("counts").as_array().emplace_back(std::move(row));
  }
  return json::object{{"months", std::move(months)}};
}

}  // namespace lindung::api
