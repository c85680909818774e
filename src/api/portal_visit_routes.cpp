// Status, check-in and check-out, who is inside, where one was, and the pass.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/citizen_parts.h"
#include "api/portal_citizen.h"
#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "api/portal_visits.h"
#include "api/problem.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/pass_window.h"
#include "domain/question.h"
#include "domain/venue.h"
#include "domain/venue_code.h"
#include "gateway/release.h"
#include "http/message.h"
#include "http/router.h"
#include "people/caller.h"
#include "people/own_json.h"
#include "people/own_status.h"
#include "people/own_visits.h"
#include "service/light_passes.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view venues_prefix = "/v1/portal/venues/";
constexpr std::size_t day_size = 10;  // of "2026-11-22T…"

Result<json::value> status(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                           const json::object&) {
  TRY(own, people::own_status(ground.platform, ground.citizens.reasons, *caller.citizen));
  return people::status_json(own);
}

Result<json::value> venue_value(const PortalGround& ground, const std::shared_ptr<const domain::Venue>& venue) {
  if (!venue) return json::value(nullptr);
  TRY(inside, people::count_inside(ground.platform, venue->id));
  return json::object{{"id", codec::hex(venue->id.bytes())},
                      {"name", venue->name},
                      {"category", domain::name_of(venue->category)},
                      {"capacity", venue->capacity},
                      {"inside", inside}};
}

// The reply holds its ticket until it has left, as every answer of the exchange does.
Result<http::Response> visit_reply(const PortalGround& ground, AnsweredVisit visit) {
  const auto& answer = visit.answer;
  TRY(venue, venue_value(ground, visit.venue));
  auto response = portal_json(json::object{{"outcome", domain::name_of(answer.outcome)},
                                           {"colour", domain::name_of(answer.colour)},
                                           {"at", rfc3339(answer.answered_at)},
                                           {"valid_until", rfc3339(answer.valid_until())},
                                           {"log_index", answer.log_index},
                                           {"repeated", answer.answered_before},
                                           {"venue", std::move(venue)}});
  response.release = std::make_unique<gateway::AnswerRelease>(std::move(visit.ticket), ground.platform.clock);
  response.fallback = [] { return problem({.code = Errc::outcome_unknown, .detail = {}, .number = {}}); };
  return response;
}

// The caller's own, for who wants to ask again; else made here.
struct Repeatable {
  RequestId request;
  Moment at;
};
Result<Repeatable> repeatable(const PortalGround& ground, const json::object& body) {
  Repeatable out{.request = RequestId{crypto::random_bytes<16>()}, .at = ground.platform.clock.now()};
  if (body.contains("request") != body.contains("at")) return fail(Errc::malformed, "request and at come together");
  if (!body.contains("request")) return out;
  ByteArray<16> request{};
  TRYV(hex_of(body, "request", request));
  out.request = RequestId{request};
  TRY(text, text_of(body, "at"));
  const auto at = parse_rfc3339(text);
  if (at.has_error()) return fail(Errc::malformed, "at");
  out.at = at.value();
  return out;
}

Result<http::Response> check_in(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                const json::object& body) {
  TRY(text, text_of(body, "code"));
  TRY(repeat, repeatable(ground, body));
  auto code = domain::venue_code_bytes(text);
  // What is no code at all is a venue that does not exist: one answer, and an entry in the log for none.
  if (code.has_error() || code.value().size() > domain::venue_code_max) return fail(Errc::malformed, "code");
  TRY(visit, ground.citizens.visits.ask(caller, {.operation = domain::Operation::check_in,
                                                 .venue_code = std::move(code).value(),
                                                 .request = repeat.request,
                                                 .at = repeat.at}));
  return visit_reply(ground, std::move(visit));
}

Result<http::Response> check_out(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                 const json::object& body) {
  TRY(repeat, repeatable(ground, body));
  TRY(own, people::own_status(ground.platform, ground.citizens.reasons, *caller.citizen));
  if (!own.inside) return fail(Errc::not_found, "nowhere inside");
  TRY(visit, ground.citizens.visits.leave(caller, own.inside->venue.id, repeat.request, repeat.at));
  return visit_reply(ground, std::move(visit));
}

// "LINDUNG%3A1%3A…": only the colon is ever escaped in a code.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "%3A" || text.substr(i, 3) == "%3a") {
      out.push_back(':');
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

Result<bool> opens(const PortalGround& ground, const CitizenRef& citizen, domain::Category category) {
  bool is_open = false;
  TRYV(ground.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, service::open_person(transaction, ground.platform.ring, citizen));
    TRY(generation, store::read_timeline_generation(transaction));
    TRY(timeline, service::read_timeline(transaction, person, generation));
    is_open = timeline.at(ground.platform.clock.now()).opens(category);
    return ok();
  }));
  return is_open;
}

Result<json::value> venue(const PortalGround& ground, const people::Caller& caller, const http::Request& request,
                          const json::object&) {
  const auto code = domain::venue_code_bytes(unescaped(below(request, venues_prefix)));
  const auto found =
      code.has_value() ? ground.platform.venues.check(code.value(), ground.platform.clock.now()) : nullptr;
  if (!found) return fail(Errc::not_found, "no such venue");
  TRY(value, venue_value(ground, found));
  TRY(is_open, opens(ground, *caller.citizen, found->category));
  value.as_object()["opens"] = is_open;
  return value;
}

Result<json::value> visits(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                           const json::object&) {
  TRY(own, people::own_visits(ground.platform, *caller.citizen));
  json::array out;
  for (const auto& visit : own.visits) out.emplace_back(people::visit_json(visit));
  return json::object{{"from", rfc3339(start_of(own.from)).substr(0, day_size)}, {"visits", std::move(out)}};
}

Result<json::value> pass(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                         const json::object&) {
  TRYV(ground.citizens.strips.take(codec::hex(caller.citizen->bytes())));
  auto strip = service::issue_passes(ground.platform, *caller.citizen, 1);
  // Not green throughout any window: no pass, which is an answer.
  if (strip.has_error() && strip.error().code == Errc::denied) {
    const auto now = ground.platform.clock.now();
    strip = service::PassStrip{.passes = {}, .without = domain::pass_windows(now, now + std::chrono::days{1})};
  }
  if (strip.has_error()) return strip.error();
  json::array passes;
  for (const auto& each : strip.value().passes) {
    passes.emplace_back(json::object{{"show_from", rfc3339(each.window.begin)},
                                     {"show_until", rfc3339(each.window.end())},
                                     {"not_before", rfc3339(each.not_before)},
                                     {"expires", rfc3339(each.expires)},
                                     {"text", each.text}});
  }
  return json::object{{"issued_at", rfc3339(ground.platform.clock.now())},
                      {"without", strip.value().without.size()},
                      {"passes", std::move(passes)}};
}

}  // namespace

std::vector<http::Route> portal_visit_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(portal_route("GET", "/v1/portal/status", Who::citizen_at_door, source, status));
  routes.push_back(portal_answer_route("POST", "/v1/portal/check-in", Who::citizen_at_door, source, check_in));
  routes.push_back(portal_answer_route("POST", "/v1/portal/check-out", Who::citizen_at_door, source, check_out));
  routes.push_back(portal_route("GET", "/v1/portal/venues/*", Who::citizen_at_door, source, venue));
  routes.push_back(portal_route("GET", "/v1/portal/visits", Who::citizen, source, visits));
  routes.push_back(portal_route("GET", "/v1/portal/pass", Who::citizen_at_door, source, pass));
  return routes;
}

}  // namespace lindung::api
