#include "api/portal_accounts.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/random.h"
#include "http/message.h"
#include "http/router.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/one_time_codes.h"
#include "people/passkeys.h"
#include "people/phone.h"
#include "people/recovery.h"
#include "people/sessions.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view devices_prefix = "/v1/portal/devices/";

Result<json::value> show_session(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                 const json::object&) {
  TRY(described, describe_session(ground, caller));
  return json::value(std::move(described));
}

// One answer for every number: the cookie is new, the bytes are the same.
Result<http::Response> send_code(const PortalGround& ground, const people::Caller&, const http::Request& request,
                                 const json::object& body) {
  TRY(text, text_of(body, "phone"));
  TRY(phone, people::parse_phone(text));
  TRYV(ground.code_limit.take(request.peer));
  const auto token = crypto::random_secret<32>();
  TRYV(people::send_code(ground.people(), token.view(), phone));
  auto response = portal_json(json::object{{"sent", true}, {"expires_in_s", people::code_life.count()}}, 202);
  set_cookie(response, try_cookie, token, people::code_life);
  return response;
}

// The try of this browser; without one the code cannot be right.
Result<Secret<32>> try_of(const http::Request& request) {
  Secret<32> token;
  if (!read_cookie(request, try_cookie, token)) return fail(Errc::denied, "code");
  return token;
}

Result<http::Response> answer_code(const PortalGround& ground, const people::Caller& caller,
                                   const people::SignedIn& done) {
  TRY(response, answer_sign_in(ground, caller, done));
  take_cookie_back(response, try_cookie);
  return response;
}

Result<http::Response> sign_in(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                               const json::object& body) {
  TRY(code, text_of(body, "code"));
  TRY(device, device_of(body));
  TRY(token, try_of(request));
  TRY(done, people::sign_in_by_code(ground.people(), people::Role::citizen, token.view(), code, device));
  return answer_code(ground, caller, done);
}

Result<http::Response> register_person(const PortalGround& ground, const people::Caller& caller,
                                       const http::Request& request, const json::object& body) {
  TRY(code, text_of(body, "code"));
  TRY(nik, text_of(body, "nik"));
  TRY(name, text_of(body, "name"));
  TRY(born, text_of(body, "born"));
  TRY(card, text_of(body, "family_card"));
  TRY(device, device_of(body));
  TRY(token, try_of(request));
  TRY(done, people::register_citizen(ground.people(), ground.identity, token.view(), code,
                                     {.nik = std::string{nik},
                                      .name = std::string{name},
                                      .born = std::string{born},
                                      .family_card = std::string{card}},
                                     device));
  return answer_code(ground, caller, done);
}

Result<http::Response> recover(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                               const json::object& body) {
  TRY(recovery, text_of(body, "code"));
  TRY(code, text_of(body, "sms"));
  TRY(device, device_of(body));
  TRY(token, try_of(request));
  TRY(done, people::recover(ground.people(), token.view(), code, recovery, device));
  return answer_code(ground, caller, done);
}

// Not Who::signed_in: a session that rests can be ended too.
Result<http::Response> sign_out(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                const json::object&) {
  if (caller.role != people::Role::nobody) {
    TRY(ended, ground.sessions.end(caller.account, caller.session));
    static_cast<void>(ended);
  }
  auto response = portal_json(json::object{{"signed_in", false}});
  take_cookie_back(response, session_cookie);
  return response;
}

Result<http::Response> sign_out_everywhere(const PortalGround& ground, const people::Caller& caller,
                                           const http::Request&, const json::object&) {
  TRY(ended, ground.sessions.end_all(caller.account));
  auto response = portal_json(json::object{{"ended", ended}});
  take_cookie_back(response, session_cookie);
  return response;
}

Result<json::value> show_devices(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                 const json::object&) {
  TRY(sessions, ground.sessions.list(caller.account));
  TRY(passkeys, people::list_passkeys(ground.people(), caller.account));
  json::array devices;
  for (const auto& each : sessions) {
    devices.emplace_back(json::object{{"id", codec::hex(each.id.bytes())},
                                      {"name", each.device},
                                      {"began_at", rfc3339(each.began_at)},
                                      {"used_at", rfc3339(each.used_at)},
                                      {"by_passkey", each.by_passkey},
                                      {"current", each.id == caller.session}});
  }
  json::array keys;
  for (const auto& each : passkeys) {
    keys.emplace_back(json::object{{"id", codec::hex(each.id.bytes())},
                                   {"name", each.name},
                                   {"added_at", rfc3339(each.added_at)},
                                   {"used_at", rfc3339(each.used_at)}});
  }
  return json::value(json::object{{"devices", std::move(devices)}, {"passkeys", std::move(keys)}});
}

Result<json::value> end_device(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                               const json::object&) {
  ByteArray<16> id{};
  if (codec::from_hex(below(request, devices_prefix), id).has_error()) return fail(Errc::not_found);
  TRY(ended, ground.sessions.end(caller.account, people::SessionId{id}));
  if (ended == 0) return fail(Errc::not_found);
  return json::value(json::object{{"ended", ended}});
}

}  // namespace

Result<json::object> describe_session(const PortalGround& ground, const people::Caller& caller) {
  if (caller.role == people::Role::nobody) {
    return json::object{{"signed_in", false}, {"origin", ground.terms.origin}};
  }
  TRY(passkeys, people::list_passkeys(ground.people(), caller.account));
  json::object out{{"signed_in", true},
                   {"origin", ground.terms.origin},
                   {"role", people::name_of(caller.role)},
                   {"resting", caller.is_resting},
                   {"by_passkey", caller.by_passkey},
                   {"has_passkey", !passkeys.empty()},
                   {"proved_at", rfc3339(caller.proved_at)},
                   {"ends_at", rfc3339(caller.began_at + people::longest_session)},
                   {"idle_s", people::idle_time(caller.role).count()},
                   {"session", codec::hex(caller.session.bytes())}};
  if (caller.role == people::Role::officer) out["officer"] = caller.officer.value();
  return out;
}

Result<http::Response> answer_sign_in(const PortalGround& ground, const people::Caller& before,
                                      const people::SignedIn& done) {
  if (before.role != people::Role::nobody) {
    TRY(ended, ground.sessions.end(before.account, before.session));
    static_cast<void>(ended);
  }
  TRY(caller, ground.sessions.find(done.session.token.view()));
  TRY(described, describe_session(ground, caller));
  auto response = portal_json(described);
  set_cookie(response, session_cookie, done.session.token,
             caller.role == people::Role::citizen ? people::longest_rest : people::longest_session);
  return response;
}

Result<std::string> device_of(const json::object& body) {
  TRY(device, optional_text_of(body, "device"));
  return std::string{device};
}

std::vector<http::Route> portal_accounts_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  const auto answer = [&](const char* method, const char* path, Who who, PortalAnswer work) {
    routes.push_back(portal_answer_route(method, std::string{"/v1/portal/"} + path, who, source, std::move(work)));
  };
  const auto work = [&](const char* method, const char* path, Who who, PortalWork done) {
    routes.push_back(portal_route(method, std::string{"/v1/portal/"} + path, who, source, std::move(done)));
  };
  work("GET", "session", Who::anyone, show_session);
  answer("DELETE", "session", Who::anyone, sign_out);
  answer("POST", "session/everywhere", Who::signed_in, sign_out_everywhere);
  answer("POST", "codes", Who::anyone, send_code);
  answer("POST", "login/code", Who::anyone, sign_in);
  answer("POST", "register", Who::anyone, register_person);
  answer("POST", "recover", Who::anyone, recover);
  work("GET", "devices", Who::signed_in, show_devices);
  work("DELETE", "devices/*", Who::signed_in, end_device);
  return routes;
}

}  // namespace lindung::api
