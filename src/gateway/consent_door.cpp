#include "gateway/consent_door.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/redemption.h"
#include "gateway/consent_profiles.h"
#include "gateway/door.h"
#include "gateway/exchange_keys.h"
#include "gateway/sealed_door.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/directory.h"

namespace lindung::gateway {

namespace {

Result<void> check_framing(const http::Request& request) {
  if (request.target != push_profile.path) return fail(Errc::malformed, "target");
  if (!request.framed_by_content_length) return fail(Errc::malformed, "framing");
  const auto is_encoded = std::ranges::any_of(request.fields, [](const auto& field) {
    return http::same_name(field.name, "content-encoding") || http::same_name(field.name, "transfer-encoding");
  });
  if (is_encoded) return fail(Errc::malformed, "encoding");
  const auto [is_there, content_type] = request.only("content-type");
  if (!is_there || content_type != push_profile.content_type) return fail(Errc::malformed, "media type");
  return ok();
}

}  // namespace

ConsentDoor::ConsentDoor(const Clock& clock, const service::CurrentDirectory& directory, const ExchangeKeys& keys,
                         Authorities authorities)
    : clock_{clock},
      directory_{directory},
      authorities_{authorities},
      sealed_{keys, std::move(authorities)},
      dummy_key_{crypto::Ed25519PrivateKey::generate().public_key()} {}

Result<PartnerId> ConsentDoor::admit_push(const http::Request& request) const {
  const auto now = clock_.now();
  const auto directory = directory_.get();
  TRYV(check_framing(request));
  TRY(head, parse_signed_head(request, push_profile, authorities_));
  TRYV(check_freshness(head, now));
  if (crypto::sha256(request.body) != head.content_digest) return fail(Errc::bad_signature, "content-digest");
  const auto* key = directory->find_key(head.key_id, now);
  const auto* partner = key != nullptr ? directory->find_partner(key->partner) : nullptr;
  // An unknown key id costs the same as a forged signature and is answered the same.
  const auto& verifier = partner != nullptr ? key->public_key : dummy_key_;
  const bool is_signed = verifier.verifies(as_bytes(head.signature_base), head.signature);
  if (!is_signed || partner == nullptr) return fail(Errc::bad_signature, "signature");
  TRYV(may_ask(*partner));
  if (!directory->accepts_pact(head.pact_digest)) return fail(Errc::pact_outdated);
  return partner->id;
}

Result<AdmittedRedemption> ConsentDoor::admit_redemption(const http::Request& request) const {
  constexpr std::array sizes{domain::redemption_size};
  const auto now = clock_.now();
  const auto directory = directory_.get();
  TRY(presented, sealed_.read(request, token_envelope, sizes, now));
  const auto* key = directory->find_key(presented.head().key_id, now);
  const auto* partner = key != nullptr ? directory->find_partner(key->partner) : nullptr;
  TRY(proven, sealed_.prove(std::move(presented), partner != nullptr ? &key->public_key : nullptr));
  TRYV(may_ask(*partner));
  if (!directory->accepts_pact(proven.head().pact_digest)) return fail(Errc::pact_outdated);
  TRY(opened, sealed_.open(request, token_envelope, proven, now));
  TRY(redemption, domain::parse_redemption(opened.plaintext));
  return AdmittedRedemption{.partner = partner->id, .redemption = std::move(redemption), .reply_key = opened.reply_key};
}

}  // namespace lindung::gateway
