#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/link_token.h"
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

json::value day_or_null(const std::optional<Day>& day) {
  return day ? json::value(rfc3339(start_of(*day)).substr(0, 10)) : json::value(nullptr);
}

// Candidates one behind the other, in base64url: what a dump holds of them goes over the socket, and nothing else of
// it.
Result<json::value> trace(const AdminGround& at, const json::object& object) {
  TRY(arguments, Arguments::read(object, {"tokens"}));
  TRY(bytes, codec::from_base64url(arguments.text_or("tokens", "")));  // none: who would be tested
  if (bytes.size() % domain::link_token_size != 0) return fail(Errc::invalid_argument, "tokens: 28 bytes each");
  std::vector<domain::LinkToken> tokens(bytes.size() / domain::link_token_size);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    tokens[i].bytes = take<domain::link_token_size>(BytesView{bytes}.subspan(i * domain::link_token_size));
  }
  TRY(found, service::attribute_tokens(at.platform, tokens));
  json::array rows;
  for (const auto& each : found.origins) {
    rows.emplace_back(json::object{{"partner", each.partner.value()},
                                   {"tokens", each.tokens},
                                   {"canary_tokens", each.canary_tokens},
                                   {"looked_up", each.looked_up},
                                   {"known", each.known},
                                   {"epoch", each.epoch},
                                   {"first_made", day_or_null(each.first_made)},
                                   {"last_made", day_or_null(each.last_made)}});
  }
  return json::object{{"partners_tested", found.partners}, {"canaries", found.canaries}, {"origins", std::move(rows)}};
}

}  // namespace

std::vector<AdminCommand> token_commands() {
  return {{.name = "token/attribute", .officers = 1, .run = attribute},
          {.name = "token/trace", .officers = 1, .run = trace}};
}

}  // namespace lindung::api
