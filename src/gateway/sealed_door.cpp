#include "gateway/sealed_door.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/signed_head.h"
#include "http/message.h"

namespace lindung::gateway {

namespace {

// Target, framing, length and media type: what a load balancer could have garbled.
Result<void> check_framing(const http::Request& request, const EnvelopeProfile& profile,
                           std::span<const std::size_t> plaintext_sizes) {
  if (request.method != "POST") return fail(Errc::malformed, "method");
  if (request.target != profile.signature.path) return fail(Errc::malformed, "target");
  if (!request.framed_by_content_length) return fail(Errc::malformed, "framing");
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(request.fields, [&](const auto& field) { return http::same_name(field.name, name); });
  };
  if (has("transfer-encoding") || has("content-encoding")) return fail(Errc::malformed, "encoding");
  if (std::ranges::find(plaintext_sizes, request.body.size(), &sealed_request_size) == plaintext_sizes.end()) {
    return fail(Errc::malformed, "length");
  }
  const auto [is_there, content_type] = request.only("content-type");
  if (!is_there || content_type != profile.signature.content_type) return fail(Errc::malformed, "media type");
  return ok();
}

}  // namespace

SealedDoor::SealedDoor(const ExchangeKeys& keys, Authorities authorities)
    : keys_{keys},
      authorities_{std::move(authorities)},
      dummy_key_{crypto::Ed25519PrivateKey::generate().public_key()} {}

Result<PresentedRequest> SealedDoor::read(const http::Request& request, const EnvelopeProfile& profile,
                                          std::span<const std::size_t> plaintext_sizes, Moment now) const {
  TRYV(check_framing(request, profile, plaintext_sizes));                  // cheap, and no field can be trusted before
  TRY(head, parse_signed_head(request, profile.signature, authorities_));  // one spelling: no two parsers disagree
  TRYV(check_freshness(head, now));                           // before any cryptography: replays are cheap to send
  if (crypto::sha256(request.body) != head.content_digest) {  // the body is the one that was signed
    return fail(Errc::bad_signature, "content-digest");
  }
  return PresentedRequest{std::move(head)};
}

Result<ProvenRequest> SealedDoor::prove(PresentedRequest presented, const crypto::Ed25519PublicKey* key) const {
  auto& head = presented.head_;
  const bool is_signed = (key != nullptr ? *key : dummy_key_).verifies(as_bytes(head.signature_base), head.signature);
  if (!is_signed || key == nullptr) return fail(Errc::bad_signature, "signature");
  return ProvenRequest{std::move(head)};
}

Result<OpenedBody> SealedDoor::open(const http::Request& request, const EnvelopeProfile& profile,
                                    const ProvenRequest& proven, Moment now) const {
  const auto& head = proven.head();
  const auto header = request.body.first(envelope_header_size);
  if (!std::ranges::equal(header.subspan(1), suite)) return fail(Errc::unsupported_key, "suite");
  TRY(gateway_key, keys_.find(header[0], now));
  const auto enc = take<enc_size>(request.body.subspan(envelope_header_size));
  const auto info = hpke_info(profile, header, head.key_id, head.pact_digest);
  TRY(context, crypto::hpke_receive(gateway_key, enc, info));  // the one private-key operation
  const auto sealed = request.body.subspan(envelope_header_size + enc_size);
  OpenedBody opened{.plaintext = Bytes(sealed.size() - tag_size), .reply_key = {.enc = enc, .secret = {}}};
  TRYV(context.open(hpke_aad(head.nonce, head.created_s), sealed, opened.plaintext));
  context.export_secret(as_bytes(profile.response_label), opened.reply_key.secret.mutable_view());
  return opened;
}

}  // namespace lindung::gateway
