#include "people/portal_partner.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "people/caller.h"
#include "people/portal_secret.h"
#include "service/directory.h"
#include "service/links.h"
#include "service/partners.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/token_restriction.h"

namespace lindung::people {

namespace {

using domain::PartnerAction;
using domain::PartnerState;

constexpr ByteArray<1> separator{0};
constexpr std::uint64_t per_minute = 1'000'000;  // citizens' own check-ins are not rationed by a partner's agreement
constexpr std::chrono::days key_life{365};       // of a request key
constexpr std::chrono::days begun_before{1};     // it is valid from yesterday on, for clocks that differ

PartnerId portal_id() { return PartnerId{std::string{portal_partner_id}}; }

// Half a year a number: each key is followed by the next one while it is still valid.
std::uint64_t period_of(Moment at) { return day_of(at).number / 180; }

KeyId key_id(std::uint64_t period) { return KeyId{"portal-" + std::to_string(period)}; }

Result<crypto::Ed25519PrivateKey> signing_key(store::KeyRing& ring, std::uint64_t period) {
  TRY(secret, portal_secret(ring));
  const auto number = std::to_string(period);
  return crypto::Ed25519PrivateKey::from_seed(
      Secret<32>{secret.mac({as_bytes("lindung portal key v1"), separator, as_bytes(number)})});
}

Moment begin_of(std::uint64_t period) { return start_of(Day{static_cast<std::uint32_t>(period * 180)}) - begun_before; }

// Somebody else, on another node perhaps, may be as far at the same moment.
Result<void> unless_done(Result<void> step) {
  if (step.has_error() && step.error().code != Errc::conflict) return step.error();
  return ok();
}

const service::DirectoryKey* key_in(const service::Directory& directory, std::uint64_t period, Moment now) {
  const auto* key = directory.find_key(key_id(period).value(), now);
  return key != nullptr && key->partner == portal_id() ? key : nullptr;
}

}  // namespace

Result<void> PortalPartner::enrol(Moment now) {
  const auto id = portal_id();
  const auto period = period_of(now);
  TRYV(unless_done(
      service::register_partner(platform_, {.id = id, .profile = domain::Profile::colour, .per_minute = per_minute})));
  TRY(key, signing_key(platform_.ring, period));
  TRYV(unless_done(service::add_partner_key(platform_, {.partner = id,
                                                        .id = key_id(period),
                                                        .public_key = key.public_key(),
                                                        .not_before = begin_of(period),
                                                        .not_after = begin_of(period) + key_life})));
  const auto directory = platform_.directory.get();
  const auto* partner = directory->find_partner(id);
  if (partner == nullptr) return fail(Errc::unavailable, "the portal is not registered yet");
  if (partner->state == PartnerState::registered) {
    const auto& pact = directory->pacts.current;
    TRYV(unless_done(service::sign_pact(platform_, id, pact, key.sign(service::pact_message(pact)))));
  }
  if (partner->state == PartnerState::registered || partner->state == PartnerState::pact_signed) {
    const auto moved = service::move_partner(platform_, id, PartnerAction::activate);
    if (moved.has_error() && moved.error().code != Errc::conflict) return moved.error();
  }
  return ok();
}

Result<PortalSigner> PortalPartner::signer() {
  const auto now = platform_.clock.now();
  const auto period = period_of(now);
  const auto is_ready = [&](const service::Directory& directory) {
    const auto* partner = directory.find_partner(portal_id());
    return partner != nullptr && partner->state != PartnerState::registered &&
           partner->state != PartnerState::pact_signed && key_in(directory, period, now) != nullptr;
  };
  if (!is_ready(*platform_.directory.get())) {
    const std::scoped_lock one_at_a_time{enrolling_};
    if (!is_ready(*platform_.directory.get())) {
      TRYV(enrol(now));
    }
  }
  const auto directory = platform_.directory.get();
  const auto* partner = directory->find_partner(portal_id());
  if (partner == nullptr) return fail(Errc::unavailable, "the portal is not registered yet");
  if (partner->state == PartnerState::cut || partner->state == PartnerState::shredded) {
    return fail(Errc::partner_cut, "", partner->cut_index.value_or(0));
  }
  if (partner->state != PartnerState::active) return fail(Errc::partner_suspended);
  TRY(key, signing_key(platform_.ring, period));
  return PortalSigner{.partner = partner->id,
                      .epoch = partner->epoch,
                      .key = key_id(period),
                      .signing_key = std::move(key),
                      .pact_digest = directory->pacts.current};
}

// The same for the same citizen, in each epoch: it never leaves the server, so nothing is gained by changing it.
Result<domain::LinkToken> PortalPartner::token(const CitizenRef& citizen, std::uint64_t epoch) {
  TRY(secret, portal_secret(platform_.ring));
  const auto random = take<domain::link_token_random_size>(
      BytesView{secret.mac({as_bytes("lindung portal token v1"), separator, citizen.bytes()})});
  const auto id = portal_id();
  TRY(trace_key, platform_.ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = id.value(), .epoch = 0}));
  const auto token = domain::make_link_token(*trace_key, random);
  TRY(index, store::BlindIndex{platform_.ring}.of(
                 {.cls = store::KeyClass::partner_index, .scope = id.value(), .epoch = epoch}, token.bytes));
  std::optional<std::int64_t> state;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    state.reset();
    TRYV(transaction.run(store::Sql{"SELECT state FROM token WHERE partner_id = $1 AND token_index = $2"},
                         {id.value(), BytesView{index}}, [&](const store::Row& row) { state = row.integer(0); }));
    return ok();
  }));
  if (!state) {
    const service::NewLink link{.partner = id, .citizen = citizen, .random = random};
    TRYV(service::grant_links(platform_, {&link, 1}));
    return token;
  }
  if (*state >= store::restricted_token) return fail(Errc::conflict, "restricted: lift it first");
  return token;
}

Result<OwnQuestion> PortalPartner::question(const Caller& caller, const OwnWish& wish) {
  if (caller.role != Role::citizen || !caller.citizen) return fail(Errc::denied, "role");
  TRY(who, signer());
  TRY(name, token(*caller.citizen, who.epoch));
  return OwnQuestion{.signer = std::move(who),
                     .question = {.operation = wish.operation,
                                  .request_id = wish.request,
                                  .token = name,
                                  .client_time = wish.at,
                                  .venue_code = wish.venue_code}};
}

}  // namespace lindung::people
