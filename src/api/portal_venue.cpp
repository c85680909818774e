#include "api/portal_venue.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/portal_accounts.h"
#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/category.h"
#include "domain/venue_code.h"
#include "http/message.h"
#include "http/router.h"
#include "image/poster.h"
#include "people/caller.h"
#include "people/passkeys.h"
#include "people/staff_entry.h"
#include "people/venue_applications.h"
#include "people/venue_members.h"
#include "service/venue_day.h"
#include "service/venues.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using json::object;
using people::AccountId;
using people::Caller;
using people::VenueRole;

constexpr std::string_view prefix = "/v1/portal/venue/";
constexpr std::chrono::days poster_life{180};
constexpr std::size_t screen_windows = 10;  // five minutes
constexpr std::size_t id_length = 32;       // hex

Result<VenueId> venue_in(std::string_view text) {
  ByteArray<16> bytes{};
  if (codec::from_hex(text, bytes).has_error()) return fail(Errc::not_found);
  return VenueId{bytes};
}

// The venue of the path, for who is a member of it.
Result<VenueId> member_venue(const PortalGround& at, const Caller& caller, std::string_view text) {
  TRY(venue, venue_in(text));
  TRY(role, people::role_in(at.platform, caller.account, venue));
  static_cast<void>(role);
  return venue;
}

Result<VenueId> owned_venue(const PortalGround& at, const Caller& caller, std::string_view text) {
  TRY(venue, venue_in(text));
  TRY(role, people::role_in(at.platform, caller.account, venue));
  if (role != VenueRole::owner) return fail(Errc::not_found);
  return venue;
}

Result<std::uint64_t> number_of(const object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return fail(Errc::malformed, std::string{name});
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<json::value> list(const PortalGround& at, const Caller& caller, const http::Request&, const object&) {
  TRY(places, people::venues_of(at.platform, caller.account));
  json::array venues;
  for (const auto& place : places) {
    const auto known = at.platform.venues.find(place.venue);
    if (!known) return fail(Errc::corrupt, "venue");
    TRY(day, service::read_venue_day(at.platform, place.venue));
    TRY(short_code, service::short_code(at.platform, place.venue));
    venues.emplace_back(object{{"venue", codec::hex(place.venue.bytes())},
                               {"name", known->name},
                               {"category", domain::name_of(known->category)},
                               {"capacity", known->capacity},
                               {"inside", day.inside},
                               {"role", people::name_of(place.role)},
                               {"short_code", short_code},
                               {"alarm_percent", day.alarm_percent}});
  }
  TRY(asked, people::applications_of(at.platform, caller.account));
  json::array applications;
  for (const auto& each : asked) {
    applications.emplace_back(object{{"application", codec::hex(each.id.bytes())},
                                     {"name", each.name},
                                     {"category", domain::name_of(each.category)},
                                     {"capacity", each.capacity},
                                     {"state", people::name_of(each.state)},
                                     {"asked_at", rfc3339(each.asked_at)}});
  }
  return object{{"venues", std::move(venues)}, {"applications", std::move(applications)}};
}

Result<json::value> apply(const PortalGround& at, const Caller& caller, const http::Request&, const object& body) {
  TRY(name, text_of(body, "name"));
  TRY(word, text_of(body, "category"));
  const auto category = domain::parse_category(word);
  if (category.has_error()) return fail(Errc::malformed, "category");
  TRY(capacity, number_of(body, "capacity"));
  TRY(id, people::apply_for_venue(at.platform, caller.account,
                                  {.name = std::string{name}, .category = category.value(), .capacity = capacity}));
  return object{{"application", codec::hex(id.bytes())}, {"state", "waits"}};
}

Result<json::value> join(const PortalGround& at, const Caller& caller, const http::Request&, const object& body) {
  TRY(code, text_of(body, "code"));
  TRY(place, people::join_venue(at.platform, caller.account, code));
  return object{{"venue", codec::hex(place.venue.bytes())}, {"role", people::name_of(place.role)}};
}

Result<json::value> staff(const PortalGround& at, const Caller& caller, const http::Request& request, const object&) {
  TRY(venue, owned_venue(at, caller, below(request, std::string{prefix} + "staff/")));
  TRY(members, people::list_members(at.platform, venue));
  json::array rows;
  for (const auto& member : members) {
    rows.emplace_back(object{{"member", codec::hex(member.account.bytes())},
                             {"label", member.label},
                             {"role", people::name_of(member.role)},
                             {"since", rfc3339(member.since)},
                             {"me", member.account == caller.account}});
  }
  return object{{"staff", std::move(rows)}};
}

Result<json::value> remove_staff(const PortalGround& at, const Caller& caller, const http::Request& request,
                                 const object&) {
  const auto path = below(request, std::string{prefix} + "staff/");
  if (path.size() != 2 * id_length + 1 || path[id_length] != '/') return fail(Errc::not_found);
  TRY(venue, owned_venue(at, caller, path.substr(0, id_length)));
  ByteArray<16> member{};
  if (codec::from_hex(path.substr(id_length + 1), member).has_error()) return fail(Errc::not_found);
  TRYV(people::remove_member(at.platform, venue, AccountId{member}));
  return object{{"removed", true}};
}

Result<json::value> invite(const PortalGround& at, const Caller& caller, const http::Request&, const object& body) {
  TRY(text, text_of(body, "venue"));
  TRY(venue, owned_venue(at, caller, text));
  TRY(label, optional_text_of(body, "label"));
  TRY(made, people::make_venue_code(at.platform, venue, VenueRole::staff, label));
  return object{{"code", made.code}, {"expires_at", rfc3339(made.expires_at)}};
}

Result<json::value> screen(const PortalGround& at, const Caller& caller, const http::Request& request, const object&) {
  TRY(venue, member_venue(at, caller, below(request, std::string{prefix} + "screen/")));
  TRY(shown, service::screen_codes(at.platform, venue, screen_windows));
  json::array codes;
  for (const auto& each : shown.codes) {
    codes.emplace_back(object{{"from", rfc3339(each.from)}, {"text", domain::venue_code_text(each.code)}});
  }
  return object{{"now", rfc3339(at.platform.clock.now())},
                {"step", domain::screen_step.count()},
                {"name", at.platform.venues.find(venue)->name},
                {"short_code", shown.short_code},
                {"codes", std::move(codes)}};
}

Result<json::value> occupancy(const PortalGround& at, const Caller& caller, const http::Request& request,
                              const object&) {
  TRY(venue, member_venue(at, caller, below(request, std::string{prefix} + "occupancy/")));
  TRY(day, service::read_venue_day(at.platform, venue));
  const auto known = at.platform.venues.find(venue);
  json::array series;
  for (const auto& slot : day.slots) {
    series.emplace_back(object{{"at", rfc3339(slot.at)}, {"inside", slot.inside}, {"peak", slot.peak}});
  }
  return object{{"name", known->name},
                {"inside", day.inside},
                {"capacity", known->capacity},
                {"at", rfc3339(at.platform.clock.now())},
                {"slot", service::occupancy_slot.count()},
                {"alarm_percent", day.alarm_percent},
                {"alarm", service::is_alarm(day.inside, known->capacity, day.alarm_percent)},
                {"series", std::move(series)}};
}

Result<json::value> set_alarm(const PortalGround& at, const Caller& caller, const http::Request&, const object& body) {
  TRY(text, text_of(body, "venue"));
  TRY(venue, owned_venue(at, caller, text));
  TRY(percent, number_of(body, "percent"));
  TRYV(service::set_alarm_percent(at.platform, venue, percent));
  return object{{"venue", codec::hex(venue.bytes())}, {"percent", percent}};
}

Result<http::Response> poster(const PortalGround& at, const Caller& caller, const http::Request& request,
                              const object&) {
  TRY(venue, member_venue(at, caller, below(request, std::string{prefix} + "poster/")));
  const auto now = at.platform.clock.now();
  const auto until = now + poster_life;
  TRY(code, service::poster_code(at.platform, venue, until));
  TRY(short_code, service::short_code(at.platform, venue));
  TRY(pdf, image::poster_pdf({.name = at.platform.venues.find(venue)->name,
                              .short_code = short_code,
                              .code = domain::venue_code_text(code),
                              .valid_until = rfc3339(until).substr(0, 10),
                              .made_at = rfc3339(now)}));
  http::Response response;
  response.content_type = "application/pdf";
  response.fields.emplace_back("Content-Disposition", "attachment; filename=\"poster.pdf\"");
  response.body.assign(as_text(pdf));
  return response;
}

// By the code that `codes` sent to the telephone: a number that no venue's account has gets one.
Result<http::Response> login(const PortalGround& at, const Caller& caller, const http::Request& request,
                             const object& body) {
  TRY(code, text_of(body, "code"));
  TRY(device, device_of(body));
  Secret<32> token;
  if (!read_cookie(request, try_cookie, token)) return fail(Errc::denied, "code");
  TRY(entered, people::enter_venue(at.people(), token.view(), code, device));
  TRY(response, answer_sign_in(at, caller, entered));
  take_cookie_back(response, try_cookie);
  return response;
}

Result<http::Response> login_by_passkey(const PortalGround& at, const Caller& caller, const http::Request&,
                                        const object& body) {
  const auto* credential = body.if_contains("credential");
  if (credential == nullptr || !credential->is_object()) return fail(Errc::malformed, "credential");
  TRY(device, device_of(body));
  TRY(entered, people::finish_passkey_login(at.people(), people::Role::venue, credential->get_object(), device));
  return answer_sign_in(at, caller, entered);
}

}  // namespace

std::vector<http::Route> portal_venue_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  const auto add = [&](std::string method, std::string_view path, PortalWork work) {
    routes.push_back(
        portal_route(std::move(method), std::string{prefix} + std::string{path}, Who::venue, source, std::move(work)));
  };
  routes.push_back(portal_answer_route("POST", std::string{prefix} + "login", Who::anyone, source, login));
  routes.push_back(
      portal_answer_route("POST", std::string{prefix} + "login/passkey", Who::anyone, source, login_by_passkey));
  add("GET", "venues", list);
  add("POST", "venues", apply);
  add("POST", "join", join);
  add("GET", "staff/*", staff);
  add("DELETE", "staff/*", remove_staff);
  add("POST", "invites", invite);
  add("GET", "screen/*", screen);
  add("GET", "occupancy/*", occupancy);
  add("POST", "alarm", set_alarm);
  routes.push_back(portal_answer_route("GET", std::string{prefix} + "poster/*", Who::venue, source, poster));
  return routes;
}

}  // namespace lindung::api
