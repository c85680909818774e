#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/result.h"
#include "service/attribution.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

Result<json::value> attribute(const AdminGround& at, const json::object& object) {
  TRY(arguments, Arguments::read(object, {"text"}));
  TRY(text, arguments.text("text"));
  TRY(attribution, service::attribute_leak(at.platform, text));
  json::array rows;
  for (const auto& row : attribution.partners) {
    rows.emplace_back(json::object{{"partner", row.partner.value()},
                                   {"tokens", row.tokens},
                                   {"canary_tokens", row.canary_tokens},
                                   {"canary_niks", row.canary_niks},
                                   {"canary_names", row.canary_names}});
  }
  return json::object{{"tokens_found", attribution.candidates},
                      {"error_per_token_and_partner", "2^-64"},
                      {"partners", std::move(rows)}};
}

}  // namespace

std::vector<AdminCommand> token_commands() { return {{.name = "token/attribute", .officers = 1, .run = attribute}}; }

}  // namespace lindung::api
