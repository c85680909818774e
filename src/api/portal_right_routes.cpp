// A citizen's rights: to see how things stand, to take a copy, to restrict, to be erased.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/portal_citizen.h"
#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "http/message.h"
#include "http/router.h"
#include "people/accounts.h"
#include "people/approval.h"
#include "people/caller.h"
#include "people/erasure.h"
#include "people/own_export.h"
#include "people/restriction.h"
#include "service/citizen_keys.h"
#include "service/retention.h"
#include "store/database.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view export_kind = "citizen.export";
constexpr std::string_view erase_kind = "citizen.erase";

std::string date_of(Day day) {
  constexpr std::size_t day_size = 10;
  return rfc3339(start_of(day)).substr(0, day_size);
}

Result<json::value> rights_value(const PortalGround& ground, const people::Caller& caller) {
  TRY(since, people::restricted_since(ground.platform, *caller.citizen));
  return json::object{{"restricted_since", since ? json::value(rfc3339(*since)) : json::value(nullptr)},
                      {"erased_unreadable_days", service::erased_readable_at_most.count()},
                      {"visit_days_kept", service::visits_kept.count()}};
}

Result<json::value> rights(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                           const json::object&) {
  return rights_value(ground, caller);
}

Result<json::value> restrict(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                             const json::object&) {
  TRYV(people::restrict_citizen(ground.platform, *caller.citizen));
  return rights_value(ground, caller);
}

Result<json::value> lift(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                         const json::object&) {
  TRYV(people::lift_restriction(ground.platform, *caller.citizen));
  return rights_value(ground, caller);
}

Result<http::Response> export_all(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                  const json::object& body) {
  TRY(form, text_of(body, "form"));
  if (form != "json" && form != "pdf") return fail(Errc::malformed, "form");
  const auto approved = "export " + std::string{form};
  TRYV(people::finish_approval(ground.people(), caller, export_kind, crypto::sha256(as_bytes(approved)), body));
  TRY(exported, people::export_citizen(ground.platform, *caller.citizen));
  http::Response response;
  response.fields.emplace_back("Content-Disposition", "attachment; filename=\"lindung." + std::string{form} + "\"");
  if (form == "json") {
    response.content_type = "application/json";
    response.body = codec::to_pretty_text(exported) + "\n";
    return response;
  }
  TRY(pdf, people::export_pdf(exported));
  response.content_type = "application/pdf";
  response.body.assign(as_text(pdf));
  return response;
}

Result<http::Response> erase(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                             const json::object& body) {
  const auto at = ground.people();
  TRYV(people::finish_approval(at, caller, erase_kind, crypto::sha256(as_bytes("erase")), body));
  TRY(erased,
      people::erase_citizen(ground.platform, *caller.citizen, [&](store::Transaction& transaction) -> Result<void> {
        return people::remove_account(transaction, at, caller.account);
      }));
  auto response = portal_json(json::object{{"erased_at", rfc3339(erased.at)},
                                           {"log_index", erased.log_index},
                                           {"opening", codec::hex(erased.opening)},
                                           {"backups_unreadable_from", date_of(erased.backups_unreadable_from)},
                                           {"visits_unreadable_from", date_of(erased.visits_unreadable_from)}});
  take_cookie_back(response, session_cookie);
  return response;
}

}  // namespace

std::vector<http::Route> portal_right_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(portal_route("GET", "/v1/portal/rights", Who::citizen, source, rights));
  routes.push_back(portal_answer_route("POST", "/v1/portal/export", Who::citizen, source, export_all));
  routes.push_back(portal_route("POST", "/v1/portal/restrict", Who::citizen, source, restrict));
  routes.push_back(portal_route("POST", "/v1/portal/lift", Who::citizen, source, lift));
  routes.push_back(portal_answer_route("POST", "/v1/portal/erase", Who::citizen, source, erase));
  return routes;
}

}  // namespace lindung::api
