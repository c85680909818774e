#include "api/carrier_routes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/travel_ground.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/carrier_check.h"
#include "gateway/carrier_profile.h"
#include "gateway/envelope.h"
#include "gateway/sealed_door.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "http/router.h"
#include "store/ring.h"
#include "travel/carrier_checks.h"
#include "travel/carriers.h"
#include "travel/ground.h"

namespace lindung::api {

namespace {

constexpr std::chrono::seconds deadline{10};
constexpr std::size_t most_nonces = 65'536;

// A carrier's keys are named in capitals; the key id of a signature is the same in small letters.
std::string key_of(std::string_view key_id) {
  std::string out{key_id};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

}  // namespace

CarrierDoor::CarrierDoor(const Clock& clock, gateway::Authorities authorities)
    : clock_{clock}, sealed_{keys_, std::move(authorities)} {}

Result<void> CarrierDoor::keep_keys(const travel::Ground& ground) {
  const auto generation = ground.ring.generation();
  const std::scoped_lock lock{mutex_};
  if (loaded_ == generation) return ok();
  TRYV(keys_.load(ground.ring, store::KeyClass::carrier_exchange));
  loaded_ = generation;
  return ok();
}

// Each question is asked once: what is remembered ends with the life of a signature.
Result<void> CarrierDoor::take_in(const gateway::SignedHead& head, Moment now) {
  const std::scoped_lock lock{mutex_};
  const auto now_s = unix_seconds(now);
  if (nonces_.size() >= most_nonces) std::erase_if(nonces_, [&](const auto& each) { return each.second < now_s; });
  if (nonces_.size() >= most_nonces) return fail(Errc::busy, "questions of carriers");
  auto name = std::string{head.key_id} + "\n" + std::string{as_text(head.nonce)};
  if (!nonces_.emplace(std::move(name), head.expires_s).second) return fail(Errc::replay_conflict, "nonce");
  return ok();
}

Result<Bytes> CarrierDoor::answer(const travel::Ground& ground, const http::Request& request) {
  constexpr std::array sizes{domain::carrier_question_size};
  const auto now = clock_.now();
  TRY(presented, sealed_.read(request, gateway::carrier_envelope, sizes, now));
  const auto found = travel::find_carrier_of_key(ground, key_of(presented.head().key_id));
  if (found.has_error() && found.error().code != Errc::not_found) return found.error();
  std::optional<crypto::Ed25519PublicKey> key;
  if (found.has_value()) {
    if (auto read = crypto::Ed25519PublicKey::from_bytes(found.value().public_key)) key = read.value();
  }
  TRY(proven, sealed_.prove(std::move(presented), key ? &*key : nullptr));
  TRYV(take_in(proven.head(), now));
  TRYV(keep_keys(ground));
  TRY(opened, sealed_.open(request, gateway::carrier_envelope, proven, now));
  TRY(question, domain::parse_carrier_question(opened.plaintext));
  TRY(is_fit, travel::answer_carrier(ground, found.value(), question));
  return gateway::seal_reply(opened.reply_key,
                             domain::encode(domain::CarrierAnswer{.id = question.id, .is_fit = is_fit}));
}

std::vector<http::Route> carrier_routes(const TravelSource& source, const CarrierDoorSource& door) {
  const auto check = [door](const TravelAccess& access, const http::Request& request) -> Result<http::Response> {
    const auto held = door();
    if (!held) return fail(Errc::sealed);
    TRY(sealed, held->answer(access.ground, request));
    return private_answer(std::string{gateway::carrier_envelope.reply_content_type}, std::string{as_text(sealed)});
  };
  const auto keys = [](const TravelAccess& access, const http::Request& /*request*/) -> Result<http::Response> {
    TRY(document, travel::carrier_key_document(access.ground));
    http::Response response;
    response.content_type = "application/json";
    response.fields.emplace_back("Cache-Control", "public, max-age=600");
    response.body = std::move(document);
    return response;
  };
  std::vector<http::Route> routes;
  routes.push_back(travel_route({.method = "POST",
                                 .path = std::string{gateway::carrier_envelope.signature.path},
                                 .access = http::Access::proves_itself,
                                 .body_limit = gateway::sealed_request_size(domain::carrier_question_size),
                                 .deadline = deadline},
                                source, check));
  routes.push_back(travel_route({.method = "GET",
                                 .path = "/v1/carrier/keys",
                                 .access = http::Access::anyone,
                                 .body_limit = 0,
                                 .deadline = deadline},
                                source, keys));
  return routes;
}

}  // namespace lindung::api
