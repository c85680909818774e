#include "api/portal_visits.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/hpke.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "gateway/door.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "people/caller.h"
#include "people/portal_partner.h"
#include "service/asked.h"
#include "service/exchange.h"
#include "service/opened.h"
#include "service/platform.h"
#include "service/venues.h"
#include "store/ring.h"

namespace lindung::api {

namespace {

constexpr std::chrono::seconds patience{10};  // every unit of the database has an end of its own before that

// The gateway's key of now, as any partner finds it in the directory.
Result<gateway::GatewayKey> gateway_key(const service::Platform& platform) {
  const auto now = platform.clock.now();
  TRY(keys, platform.ring.list(store::KeyClass::exchange));
  const auto found =
      std::ranges::find_if(keys, [&](const auto& key) { return key.not_before <= now && now <= key.not_after; });
  if (found == keys.end()) return fail(Errc::unavailable, "no exchange key of now");
  TRY(secret, platform.ring.key(found->name));
  return gateway::GatewayKey{.key_id = static_cast<std::uint8_t>(found->number),
                             .public_key = crypto::X25519PrivateKey::from_bytes(secret).public_key()};
}

Result<service::Opened<domain::Question>> admitted(const gateway::Door& door, const gateway::SealedRequest& sealed,
                                                   const std::string& authority) {
  std::vector<http::Field> fields{{.name = "Host", .value = authority}};
  for (const auto& [name, value] : sealed.fields) fields.push_back({.name = name, .value = value});
  return door.admit({.method = "POST",
                     .target = gateway::exchange_profile.path,
                     .fields = fields,
                     .body = sealed.body,
                     .framed_by_content_length = true,
                     .client_certificate_subject = {}});
}

}  // namespace

Result<AnsweredVisit> PortalVisits::ask(const people::Caller& caller, const people::OwnWish& wish) {
  TRY(own, partner_.question(caller, wish));
  TRY(key, gateway_key(platform_));
  const gateway::PartnerIdentity portal{.partner = own.signer.partner,
                                        .epoch = own.signer.epoch,
                                        .key_id = own.signer.key,
                                        .signing_key = std::move(own.signer.signing_key),
                                        .pact_digest = own.signer.pact_digest};
  TRY(sealed, gateway::seal_request(portal, key, authority_, own.question, platform_.clock.now()));
  TRY(opened, admitted(door_, sealed, authority_));
  // Shared with the reply, which may come after nobody waits for it any more.
  const auto promised = std::make_shared<std::promise<Result<AnsweredVisit>>>();
  auto future = promised->get_future();
  exchange_.ask(std::move(opened), [promised](Result<domain::Answer> answer, const service::Asked& asked) {
    if (answer.has_error()) {
      promised->set_value(answer.error());
    } else {
      promised->set_value(
          AnsweredVisit{.answer = std::move(answer).value(), .venue = asked.venue, .ticket = asked.ticket});
    }
  });
  if (future.wait_for(patience) != std::future_status::ready) return fail(Errc::outcome_unknown);
  TRY(visit, future.get());
  if (visit.answer.outcome == domain::Outcome::unlinked) return fail(Errc::conflict, "restricted: lift it first");
  return visit;
}

// The code of the venue's poster, made here: the same for all who leave on one day, so that it is verified once.
Result<AnsweredVisit> PortalVisits::leave(const people::Caller& caller, const VenueId& inside, const RequestId& request,
                                          Moment at) {
  const auto not_after = start_of(day_of(at)) + std::chrono::days{3};
  TRY(code, service::poster_code(platform_, inside, not_after));
  return ask(caller,
             {.operation = domain::Operation::check_out, .venue_code = std::move(code), .request = request, .at = at});
}

}  // namespace lindung::api
