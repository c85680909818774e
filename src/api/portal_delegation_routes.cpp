// Who acts for whom, as a citizen makes, takes, sees and ends it.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/portal_citizen.h"
#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "http/message.h"
#include "http/router.h"
#include "people/caller.h"
#include "people/delegation_rows.h"
#include "people/delegations.h"
#include "people/own_json.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "/v1/portal/delegations/";

Result<json::value> list(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                         const json::object&) {
  TRY(all, people::list_delegations(ground.platform, *caller.citizen));
  json::array acts_for_me;
  json::array i_act_for;
  json::array invitations;
  for (const auto& each : all) {
    auto& part = each.delegation.side == people::Side::principal ? acts_for_me
                 : each.delegation.side == people::Side::agent   ? i_act_for
                                                                 : invitations;
    part.emplace_back(people::delegation_json(each));
  }
  return json::object{{"acts_for_me", std::move(acts_for_me)},
                      {"i_act_for", std::move(i_act_for)},
                      {"invitations", std::move(invitations)}};
}

Result<people::Scope> scope_of(const json::object& body) {
  const auto* const value = body.if_contains("scope");
  if (value == nullptr || !value->is_array()) return fail(Errc::malformed, "scope");
  std::vector<std::string> words;
  for (const auto& word : value->get_array()) {
    if (!word.is_string()) return fail(Errc::malformed, "scope");
    words.emplace_back(word.get_string());
  }
  const auto scope = people::parse_scope(words);
  if (scope.has_error()) return fail(Errc::malformed, "scope");
  return scope.value();
}

Result<std::uint64_t> days_of(const json::object& body) {
  const auto* const value = body.if_contains("days");
  if (value == nullptr || !value->is_int64() || value->get_int64() < 1 ||
      value->get_int64() > static_cast<std::int64_t>(people::longest_delegation_days)) {
    return fail(Errc::malformed, "days");
  }
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<json::value> invite(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                           const json::object& body) {
  TRY(word, text_of(body, "relation"));
  const auto relation = people::parse_relation(word);
  if (relation.has_error()) return fail(Errc::malformed, "relation");
  TRY(scope, scope_of(body));
  TRY(days, days_of(body));
  TRY(made, people::invite(ground.platform, *caller.citizen, relation.value(), scope, days));
  return json::object{{"code", made.code}, {"expires", rfc3339(made.expires)}};
}

Result<json::value> accept(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                           const json::object& body) {
  TRY(code, text_of(body, "code"));
  TRY(made, people::accept(ground.platform, *caller.citizen, code));
  TRY(all, people::list_delegations(ground.platform, *caller.citizen));
  for (const auto& each : all) {
    if (each.delegation.id == made.id) return people::delegation_json(each);
  }
  return fail(Errc::not_found, "ended meanwhile");
}

Result<http::Response> end(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                           const json::object&) {
  ByteArray<16> id{};
  if (codec::from_hex(below(request, prefix), id).has_error()) return fail(Errc::not_found, "no such delegation");
  TRYV(people::end_delegation(ground.platform, *caller.citizen, people::DelegationId{id}));
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace

std::vector<http::Route> portal_delegation_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(portal_route("GET", "/v1/portal/delegations", Who::citizen, source, list));
  routes.push_back(portal_route("POST", "/v1/portal/delegations", Who::citizen, source, invite));
  routes.push_back(portal_route("POST", "/v1/portal/delegations/accept", Who::citizen, source, accept));
  routes.push_back(portal_answer_route("DELETE", "/v1/portal/delegations/*", Who::citizen, source, end));
  return routes;
}

}  // namespace lindung::api
