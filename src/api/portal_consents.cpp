#include "api/portal_consents.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "domain/rule_set.h"
#include "http/message.h"
#include "http/router.h"
#include "people/approval.h"
#include "people/caller.h"
#include "people/consent_receipt.h"
#include "people/consent_requests.h"
#include "people/consents.h"
#include "service/consent_keys.h"
#include "service/consent_rows.h"
#include "service/links.h"
#include "service/logged_unit.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::string_view requests_prefix = "/v1/portal/requests/";
constexpr std::string_view consents_prefix = "/v1/portal/consents/";
constexpr std::string_view approval_kind = "consent";
constexpr std::string_view by_partner = "partner:";

Object both(const domain::Text& text) { return {{"id", text.id}, {"en", text.en}}; }

json::array texts(std::span<const domain::Text> list) {
  json::array out;
  for (const auto& text : list) out.emplace_back(Object{{"text", both(text)}});
  return out;
}

json::array purposes_of(const std::vector<domain::Purpose>& purposes) {
  json::array out;
  for (const auto purpose : purposes) {
    out.emplace_back(Object{{"name", domain::name_of(purpose)}, {"text", both(domain::text_of(purpose))}});
  }
  return out;
}

// Parentheses: with braces Boost.JSON would make a list of one.
json::value moment_or_null(const std::optional<Moment>& at) {
  return at ? json::value(rfc3339(*at)) : json::value(nullptr);
}

// "REF" and what is done with it, of "REF/approve".
struct Place {
  std::string_view name;
  std::string_view step;
};
Place place_of(const http::Request& request, std::string_view prefix) {
  const auto rest = below(request, prefix);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {.name = rest, .step = {}};
  return {.name = rest.substr(0, slash), .step = rest.substr(slash + 1)};
}

Result<json::value> show_request(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                                 const Object& /*body*/) {
  const auto place = place_of(request, requests_prefix);
  if (!place.step.empty()) return fail(Errc::not_found);
  TRY(open, people::read_request(ground.platform, place.name));
  return Object{{"partner", open.partner.value()},
                {"profile", domain::name_of(open.profile)},
                {"purposes", purposes_of(open.purposes)},
                {"learns", texts(domain::learns(open.profile))},
                {"never", texts(domain::never_learns())},
                {"stop", both(domain::how_to_stop())},
                {"until", rfc3339(ground.platform.clock.now() + open.period)},
                {"days", open.period.count()},
                {"expires", rfc3339(open.expires)},
                {"for_other", caller.citizen != caller.person},
                {"is_sandbox", ground.is_sandbox}};
}

// The proof is over this request and this person: neither another request nor another person's takes it.
Hash digest_for(const people::OpenRequest& open, const CitizenRef& citizen) {
  return crypto::sha256({open.digest, citizen.bytes()});
}

Result<json::value> decide(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                           const Object& body) {
  const auto [reference, step] = place_of(request, requests_prefix);
  if (!caller.citizen) return fail(Errc::denied, "role");
  const auto& citizen = *caller.citizen;
  TRY(open, people::read_request(ground.platform, reference));
  if (step == "options") {
    TRY(options, people::start_approval(ground.people(), caller, approval_kind, digest_for(open, citizen)));
    return json::value(std::move(options));
  }
  if (step == "approve") {
    TRYV(people::finish_approval(ground.people(), caller, approval_kind, digest_for(open, citizen), body));
    TRY(url, people::approve_request(ground.platform, citizen, reference, ground.terms.origin));
    return Object{{"redirect_to", url}};
  }
  if (step == "refuse") {
    TRY(url, people::refuse_request(ground.platform, reference, ground.terms.origin));
    return Object{{"redirect_to", url}};
  }
  return fail(Errc::not_found);
}

Object describe(const people::ListedConsent& listed) {
  Object out{{"id", nullptr},
             {"partner", listed.partner.value()},
             {"profile", nullptr},
             {"purposes", json::array{}},
             {"granted", rfc3339(listed.granted_at)},
             {"until", nullptr},
             {"ended", moment_or_null(listed.ended_at)},
             {"ended_by", listed.end ? json::value(domain::name_of(*listed.end)) : json::value(nullptr)},
             {"log_index", nullptr}};
  if (!listed.kept) return out;
  const auto& consent = listed.kept->consent;
  out["id"] = codec::hex(consent.id.bytes());
  out["profile"] = domain::name_of(consent.profile);
  out["purposes"] = purposes_of(consent.purposes);
  out["until"] = rfc3339(consent.until);
  out["log_index"] = listed.kept->granted_index;
  return out;
}

Result<json::value> list(const PortalGround& ground, const people::Caller& caller, const http::Request& /*request*/,
                         const Object& /*body*/) {
  if (!caller.citizen) return fail(Errc::denied, "role");
  TRY(consents, people::list_consents(ground.platform, *caller.citizen));
  json::array out;
  for (const auto& each : consents) out.emplace_back(describe(each));
  return Object{{"consents", std::move(out)}};
}

Result<domain::ConsentId> id_of(std::string_view text) {
  ByteArray<16> id{};
  if (codec::from_hex(text, id).has_error()) return fail(Errc::not_found);
  return domain::ConsentId{id};
}

// Links that were granted by command have no consent to name.
Result<json::value> withdraw_by_partner(const PortalGround& ground, const CitizenRef& citizen,
                                        const PartnerId& partner) {
  std::uint64_t count = 0;
  TRYV(service::write_logged(
      ground.platform.database, ground.platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
        TRY(ended, service::end_links(unit, ground.platform, partner, citizen, domain::ConsentEnd::withdrawn));
        count = ended;
        return ok();
      }));
  if (count == 0) return fail(Errc::not_found);
  return Object{{"ended", rfc3339(ground.platform.clock.now())}, {"log_index", nullptr}};
}

Result<json::value> withdraw(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                             const Object& /*body*/) {
  if (!caller.citizen) return fail(Errc::denied, "role");
  const auto name = below(request, consents_prefix);
  if (name.starts_with(by_partner)) {
    return withdraw_by_partner(ground, *caller.citizen, PartnerId{std::string{name.substr(by_partner.size())}});
  }
  TRY(id, id_of(name));
  TRY(ended, people::withdraw_consent(ground.platform, *caller.citizen, id));
  return Object{{"ended", rfc3339(ended.ended_at)}, {"log_index", ended.ended_index}};
}

// consents/ID/receipt as JSON, signed; consents/ID/receipt.pdf on paper.
Result<http::Response> receipt(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                               const Object& /*body*/) {
  if (!caller.citizen) return fail(Errc::denied, "role");
  const auto [name, step] = place_of(request, consents_prefix);
  TRY(id, id_of(name));
  TRY(consent, people::find_consent(ground.platform, *caller.citizen, id));
  TRY(signer, service::consent_signer(ground.platform.ring, ground.platform.clock.now()));
  if (step == "receipt.pdf") {
    TRY(pdf, people::receipt_pdf(consent, ground.terms, signer.id));
    http::Response response;
    response.content_type = "application/pdf";
    response.fields.emplace_back("Content-Disposition", "attachment; filename=\"lindung-consent.pdf\"");
    response.body.assign(as_text(pdf));
    return response;
  }
  if (step != "receipt") return fail(Errc::not_found);
  auto content = people::receipt_of(consent, ground.terms);
  auto jws = people::signed_receipt(content, signer);
  return portal_json(
      Object{{"receipt", std::move(content)}, {"jws", std::move(jws)}, {"keys", "/.well-known/lindung-consent-keys"}});
}

}  // namespace

std::vector<http::Route> portal_consent_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(portal_route("GET", "/v1/portal/requests/*", Who::citizen, source, show_request));
  routes.push_back(portal_route("POST", "/v1/portal/requests/*", Who::citizen, source, decide));
  routes.push_back(portal_route("GET", "/v1/portal/consents", Who::citizen, source, list));
  routes.push_back(portal_route("DELETE", "/v1/portal/consents/*", Who::citizen, source, withdraw));
  routes.push_back(portal_answer_route("GET", "/v1/portal/consents/*", Who::citizen, source, receipt));
  return routes;
}

}  // namespace lindung::api
