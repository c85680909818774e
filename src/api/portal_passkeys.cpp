#include "api/portal_passkeys.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/portal_accounts.h"
#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "http/message.h"
#include "http/router.h"
#include "people/approval.h"
#include "people/caller.h"
#include "people/passkeys.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view passkeys_prefix = "/v1/portal/passkeys/";
constexpr std::string_view renew_kind = "session.renew";

Result<const json::object*> credential_of(const json::object& body) {
  const auto* const credential = body.if_contains("credential");
  if (credential == nullptr || !credential->is_object()) return fail(Errc::malformed, "credential");
  return &credential->get_object();
}

// What an authenticator lists: the same name for every citizen, for a list on a borrowed device names nobody.
std::string shown_to(const people::Caller& caller) {
  return caller.role == people::Role::officer ? caller.officer.value() : std::string{people::name_of(caller.role)};
}

std::string binding_of(const people::Caller& caller) { return codec::hex(caller.session.bytes()); }

Result<json::value> start(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                          const json::object&) {
  TRYV(people::need_fresh_proof(ground.people(), caller));
  TRY(options, people::start_passkey(ground.people(), caller.account, binding_of(caller), shown_to(caller)));
  return json::value(std::move(options));
}

Result<json::value> finish(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                           const json::object& body) {
  TRYV(people::need_fresh_proof(ground.people(), caller));
  TRY(credential, credential_of(body));
  TRY(name, optional_text_of(body, "name"));
  TRY(id, people::finish_passkey(ground.people(), caller.account, binding_of(caller), *credential, name));
  return json::value(json::object{{"id", codec::hex(id.bytes())}, {"name", name}});
}

Result<json::value> remove(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                           const json::object&) {
  TRYV(people::need_fresh_proof(ground.people(), caller));
  ByteArray<16> id{};
  if (codec::from_hex(below(request, passkeys_prefix), id).has_error()) return fail(Errc::not_found);
  TRY(is_removed, people::remove_passkey(ground.people(), caller.account, people::PasskeyId{id}));
  if (!is_removed) return fail(Errc::not_found);
  return json::value(json::object{{"removed", true}});
}

Result<json::value> start_login(const PortalGround& ground, const people::Caller&, const http::Request&,
                                const json::object&) {
  TRY(options, people::start_passkey_login(ground.people()));
  return json::value(std::move(options));
}

Result<http::Response> login(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                             const json::object& body) {
  TRY(credential, credential_of(body));
  TRY(device, device_of(body));
  TRY(done, people::finish_passkey_login(ground.people(), people::Role::citizen, *credential, device));
  return answer_sign_in(ground, caller, done);
}

Result<json::value> start_approval(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                   const json::object& body) {
  TRY(kind, text_of(body, "kind"));
  Hash digest{};
  TRYV(hex_of(body, "digest", digest));
  TRY(options, people::start_approval(ground.people(), caller, kind, digest));
  return json::value(std::move(options));
}

Result<json::value> renew(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                          const json::object& body) {
  TRYV(people::finish_approval(ground.people(), caller, renew_kind, Hash{}, body));
  auto proved = caller;
  proved.proved_at = ground.platform.clock.now();
  TRY(described, describe_session(ground, proved));
  return json::value(std::move(described));
}

}  // namespace

std::vector<http::Route> portal_passkeys_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  const auto work = [&](const char* method, const char* path, Who who, PortalWork done) {
    routes.push_back(portal_route(method, std::string{"/v1/portal/"} + path, who, source, std::move(done)));
  };
  work("POST", "login/options", Who::anyone, start_login);
  routes.push_back(portal_answer_route("POST", "/v1/portal/login/passkey", Who::anyone, source, login));
  work("POST", "passkeys/options", Who::signed_in, start);
  work("POST", "passkeys", Who::signed_in, finish);
  work("DELETE", "passkeys/*", Who::signed_in, remove);
  work("POST", "approval", Who::signed_in, start_approval);
  work("POST", "approval/renew", Who::signed_in, renew);
  return routes;
}

}  // namespace lindung::api
