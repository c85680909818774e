#include "gateway/door.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/response_keys.h"
#include "domain/answer.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "gateway/exchange_keys.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/directory.h"
#include "service/opened.h"

namespace lindung::gateway {

namespace {

// protocol.md section 4, the body: hdr(7) | enc(32) | ct(272); hdr = key_id(1) | kem(2) | kdf(2) | aead(2).
constexpr std::size_t header_size = 7;
constexpr std::size_t enc_size = 32;
constexpr ByteArray<6> suite{0x00, 0x20, 0x00, 0x01, 0x00, 0x01};

constexpr std::uint64_t created_age_s = 60;
constexpr std::uint64_t created_lead_s = 30;
constexpr std::uint64_t lifetime_max_s = 60;

// Target, framing, length and media type: what a load balancer could have garbled.
Result<void> check_framing(const http::Request& request) {
  if (request.method != "POST") return fail(Errc::malformed, "method");
  if (request.target != exchange_profile.path) return fail(Errc::malformed, "target");
  if (!request.framed_by_content_length) return fail(Errc::malformed, "framing");
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(request.fields, [&](const auto& field) { return http::same_name(field.name, name); });
  };
  if (has("transfer-encoding") || has("content-encoding")) return fail(Errc::malformed, "encoding");
  if (request.body.size() != request_body_size) return fail(Errc::malformed, "length");
  const auto [is_there, content_type] = request.only("content-type");
  if (!is_there || content_type != exchange_profile.content_type) return fail(Errc::malformed, "media type");
  return ok();
}

Result<void> check_clock(const SignedHead& head, Moment now) {
  const auto now_s = unix_seconds(now);
  const bool is_fresh = head.created_s + created_age_s >= now_s && head.created_s <= now_s + created_lead_s &&
                        now_s <= head.expires_s && head.expires_s > head.created_s &&
                        head.expires_s - head.created_s <= lifetime_max_s;
  if (!is_fresh) return fail(Errc::clock_skew, "created, expires", now_s);
  return ok();
}

Result<void> check_state(const service::DirectoryPartner& partner) {
  switch (partner.state) {
    case domain::PartnerState::active: return ok();
    case domain::PartnerState::cut:
    case domain::PartnerState::shredded: return fail(Errc::partner_cut, "", partner.cut_index.value_or(0));
    case domain::PartnerState::registered:
    case domain::PartnerState::pact_signed:
    case domain::PartnerState::suspended: break;
  }
  return fail(Errc::partner_suspended);
}

// "lindung request v1" | 0x00 | hdr | len(keyid)(1) | keyid | pact digest(32)
Bytes hpke_info(BytesView header, const SignedHead& head) {
  Message info{128};
  info.text("lindung request v1").u8(0).raw(header);
  info.u8(static_cast<std::uint8_t>(head.key_id.size())).text(head.key_id).raw(head.pact_digest);
  return info.take();
}

}  // namespace

Door::Door(const Clock& clock, const service::CurrentDirectory& directory, const ExchangeKeys& keys,
           Authorities authorities)
    : clock_{clock},
      directory_{directory},
      keys_{keys},
      authorities_{std::move(authorities)},
      dummy_key_{crypto::Ed25519PrivateKey::generate().public_key()} {}

// Key id and signature in one: an unknown key id costs the same as a forged signature and is answered the same.
Result<service::DirectoryPartner> Door::check_signature(const SignedHead& head, const service::Directory& directory,
                                                        Moment now) const {
  const auto* key = directory.find_key(head.key_id, now);
  const auto& public_key = key != nullptr ? key->public_key : dummy_key_;
  const bool is_signed = public_key.verifies(as_bytes(head.signature_base), head.signature);
  const auto* partner = key != nullptr ? directory.find_partner(key->partner) : nullptr;
  if (!is_signed || partner == nullptr) return fail(Errc::bad_signature, "signature");
  return *partner;
}

Result<service::Opened<domain::Question>> Door::admit(const http::Request& request) const {
  const auto now = clock_.now();
  const auto directory = directory_.get();

  TRYV(check_framing(request));                                           // cheap, and no field can be trusted before
  TRY(head, parse_signed_head(request, exchange_profile, authorities_));  // one spelling: no two parsers disagree
  TRYV(check_clock(head, now));                               // before any cryptography: replays are cheap to send
  if (crypto::sha256(request.body) != head.content_digest) {  // the body is the one that was signed
    return fail(Errc::bad_signature, "content-digest");
  }
  TRY(partner, check_signature(head, *directory, now));  // from here on we know who asks
  TRYV(check_state(partner));                            // a cut partner costs no private-key operation
  if (!directory->accepts_pact(head.pact_digest)) return fail(Errc::pact_outdated);
  const auto header = request.body.first(header_size);
  if (!std::ranges::equal(header.subspan(1), suite)) return fail(Errc::unsupported_key, "suite");
  TRY(gateway_key, keys_.find(header[0], now));
  const auto enc = take<enc_size>(request.body.subspan(header_size));
  TRY(context, crypto::hpke_receive(gateway_key, enc, hpke_info(header, head)));  // the one private-key operation
  ByteArray<24> aad;                                                              // nonce(16) | created(8)
  std::ranges::copy(head.nonce, aad.begin());
  put_be(MutableBytes{aad}.subspan(16), head.created_s);
  domain::QuestionBytes plaintext{};
  TRYV(context.open(aad, request.body.subspan(header_size + enc_size), plaintext));
  TRY(question, domain::parse_question(plaintext, now));  // shape: fixed offsets, zeros where nothing is

  service::ReplyKey reply_key{.enc = enc, .secret = {}};
  context.export_secret(as_bytes("lindung response v1"), reply_key.secret.mutable_view());
  return service::Opened<domain::Question>{
      std::move(question),
      plaintext,
      {.partner = partner.id, .epoch = partner.epoch, .key = KeyId{std::string{head.key_id}}},
      {.signature = head.signature,
       .created_s = head.created_s,
       .expires_s = head.expires_s,
       .nonce = head.nonce,
       .content_digest = head.content_digest,
       .pact_digest = head.pact_digest,
       .authority = std::move(head.authority),
       .evidence = domain::evidence_of(head.signature_base, head.signature)},
      std::move(reply_key)};
}

Bytes seal_answer(const service::ReplyKey& key, const domain::AnswerBytes& answer,
                  const ByteArray<16>& response_nonce) {
  const auto keys = crypto::response_keys(key.secret, key.enc, response_nonce);
  Bytes body(response_body_size);
  std::ranges::copy(response_nonce, body.begin());
  crypto::gcm_seal(keys.key.view(), keys.nonce, {}, answer, MutableBytes{body}.subspan(response_nonce.size()));
  return body;
}

Bytes seal_answer(const service::ReplyKey& key, const domain::AnswerBytes& answer) {
  return seal_answer(key, answer, crypto::random_bytes<16>());
}

}  // namespace lindung::gateway
