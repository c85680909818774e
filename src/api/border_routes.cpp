#include "api/border_routes.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/desk_json.h"
#include "api/travel_ground.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/json_fields.h"
#include "gateway/border_profiles.h"
#include "gateway/signed_head.h"
#include "gateway/verify_door.h"
#include "http/message.h"
#include "http/router.h"
#include "travel/border_intake.h"
#include "travel/border_lists.h"
#include "travel/decisions.h"
#include "travel/devices.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::size_t wish_limit = 1'024;
constexpr std::size_t decisions_limit = std::size_t{1} << 20U;
constexpr std::chrono::seconds deadline{30};

gateway::VerifyDoor::FindKey key_finder(const TravelSource& source) {
  return [source](const KeyId& id) -> Result<std::optional<crypto::Ed25519PublicKey>> {
    Result<travel::Device> device = fail(Errc::sealed);
    TRYV(source([&](const TravelAccess& access) { device = travel::find_device(access.ground, id.value()); }));
    if (device.has_value()) return std::optional{device.value().key};
    if (device.error().code == Errc::not_found) return std::optional<crypto::Ed25519PublicKey>{};
    return device.error();
  };
}

Result<http::Response> list(const TravelAccess& access, const travel::Device& device, const http::Request& request) {
  TRY(value, codec::parse_json(as_text(request.body), {.bytes = wish_limit, .depth = 3}));
  TRY(fields, domain::JsonFields::of(value, "", {"sealing_key"}));
  TRY(text, fields.text("sealing_key"));
  crypto::X25519PublicKey key{};
  TRYV(codec::from_hex(text, key));
  TRY(sealed, travel::border_list_for(access.ground, device, key));
  return private_answer("application/vnd.lindung.border-list", std::string{as_text(sealed)});
}

Result<http::Response> decisions(const TravelAccess& access, const travel::Device& device,
                                 const http::Request& request) {
  codec::CborReader reader{request.body};
  TRY(count, reader.array());
  if (count > travel::most_signed_decisions) return fail(Errc::too_large, "more than 500 decisions in one batch");
  std::vector<BytesView> given;
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(each, reader.bytes());
    given.push_back(each);
  }
  TRYV(reader.end());
  TRY(report, travel::take_signed_decisions(access.ground, device, given));
  json::array conflicts;
  for (const auto& each : report.conflicts) conflicts.emplace_back(desk_conflict_json(each));
  return private_answer("application/json",
                        codec::to_text(json::object{
                            {"up_to", report.up_to}, {"taken", report.taken}, {"conflicts", std::move(conflicts)}}));
}

// "2026-11-22"
Result<Day> day_of_text(const std::string& text) {
  const auto at = parse_rfc3339(text + "T00:00:00Z");
  if (at.has_error()) return fail(Errc::malformed, "day");
  return day_of(at.value());
}

Result<http::Response> queue(const TravelAccess& access, const travel::Device& device, const http::Request& request) {
  TRY(value, codec::parse_json(as_text(request.body), {.bytes = wish_limit, .depth = 3}));
  TRY(fields, domain::JsonFields::of(value, "", {"day"}));
  TRY(text, fields.text("day"));
  TRY(day, day_of_text(text));
  const auto from = hour_of(start_of(day));
  TRY(rows, travel::port_figures(access.ground, device.port, from, Hour{from.number + 24}));
  TRY(coming, travel::expected_people(access.ground, device.port, day));
  json::array passed;
  for (const auto& row : rows) {
    passed.emplace_back(json::object{
        {"hour", rfc3339(start_of(Hour{row.hour}))}, {"outcome", name_of(row.outcome)}, {"people", row.people}});
  }
  json::array expected;
  for (const auto& row : coming) {
    expected.emplace_back(
        json::object{{"hour", rfc3339(start_of(Hour{row.hour}))}, {"cards", row.cards}, {"people", row.people}});
  }
  return private_json(
      (json::object{{"port", device.port}, {"passed", std::move(passed)}, {"expected", std::move(expected)}}));
}

using Answer = Result<http::Response> (*)(const TravelAccess&, const travel::Device&, const http::Request&);

Result<http::Response> answer_of(const TravelAccess& access, gateway::VerifyDoor& door, Answer answer,
                                 const http::Request& request) {
  TRY(key, door.admit(request));
  TRY(device, travel::find_device(access.ground, key.value()));
  return answer(access, device, request);
}

struct Endpoint {
  const gateway::SignatureProfile& profile;
  std::size_t body_limit;
  gateway::VerifyDoor BorderDoors::* door;
  Answer answer;
};

http::Route route(const Endpoint& endpoint, const TravelSource& source, const BorderDoorsSource& doors) {
  return travel_route(
      {.method = "POST",
       .path = std::string{endpoint.profile.path},
       .access = http::Access::proves_itself,
       .body_limit = endpoint.body_limit,
       .deadline = deadline},
      source, [endpoint, doors](const TravelAccess& access, const http::Request& request) -> Result<http::Response> {
        const auto held = doors();
        if (!held) return fail(Errc::sealed);
        return answer_of(access, (*held).*(endpoint.door), endpoint.answer, request);
      });
}

}  // namespace

BorderDoors::BorderDoors(const Clock& clock, const gateway::Authorities& authorities, const TravelSource& source)
    : list{clock, authorities, key_finder(source), gateway::border_list_profile},
      decisions{clock, authorities, key_finder(source), gateway::border_decisions_profile},
      queue{clock, authorities, key_finder(source), gateway::border_queue_profile} {}

std::vector<http::Route> border_routes(const TravelSource& source, const BorderDoorsSource& doors) {
  std::vector<http::Route> routes;
  routes.push_back(route(
      {.profile = gateway::border_list_profile, .body_limit = wish_limit, .door = &BorderDoors::list, .answer = list},
      source, doors));
  routes.push_back(route({.profile = gateway::border_decisions_profile,
                          .body_limit = decisions_limit,
                          .door = &BorderDoors::decisions,
                          .answer = decisions},
                         source, doors));
  routes.push_back(route({.profile = gateway::border_queue_profile,
                          .body_limit = wish_limit,
                          .door = &BorderDoors::queue,
                          .answer = queue},
                         source, doors));
  return routes;
}

}  // namespace lindung::api
