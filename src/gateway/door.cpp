#include "gateway/door.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/directory.h"
#include "service/opened.h"

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

// What was sealed, from whom, and what seals the reply.
struct Door::Envelope {
  Moment at;
  service::Asker asker;
  service::RequestProof proof;
  service::ReplyKey reply_key;
  Bytes plaintext;
};

Result<Door::Envelope> Door::open(const http::Request& request, const EnvelopeProfile& profile,
                                  std::span<const std::size_t> plaintext_sizes) const {
  const auto now = clock_.now();
  const auto directory = directory_.get();

  TRYV(check_framing(request, profile, plaintext_sizes));                  // cheap, and no field can be trusted before
  TRY(head, parse_signed_head(request, profile.signature, authorities_));  // one spelling: no two parsers disagree
  TRYV(check_freshness(head, now));                           // before any cryptography: replays are cheap to send
  if (crypto::sha256(request.body) != head.content_digest) {  // the body is the one that was signed
    return fail(Errc::bad_signature, "content-digest");
  }
  TRY(partner, check_signature(head, *directory, now));  // from here on we know who asks
  TRYV(check_state(partner));                            // a cut partner costs no private-key operation
  if (!directory->accepts_pact(head.pact_digest)) return fail(Errc::pact_outdated);
  const auto header = request.body.first(envelope_header_size);
  if (!std::ranges::equal(header.subspan(1), suite)) return fail(Errc::unsupported_key, "suite");
  TRY(gateway_key, keys_.find(header[0], now));
  const auto enc = take<enc_size>(request.body.subspan(envelope_header_size));
  const auto info = hpke_info(profile, header, head.key_id, head.pact_digest);
  TRY(context, crypto::hpke_receive(gateway_key, enc, info));  // the one private-key operation
  const auto sealed = request.body.subspan(envelope_header_size + enc_size);
  Envelope envelope{.at = now,
                    .asker = {.partner = partner.id, .epoch = partner.epoch, .key = KeyId{std::string{head.key_id}}},
                    .proof = {.is_bundle = &profile == &bundle_envelope,
                              .signature = head.signature,
                              .created_s = head.created_s,
                              .expires_s = head.expires_s,
                              .nonce = head.nonce,
                              .content_digest = head.content_digest,
                              .pact_digest = head.pact_digest,
                              .authority = std::move(head.authority),
                              .evidence = domain::evidence_of(head.signature_base, head.signature)},
                    .reply_key = {.enc = enc, .secret = {}},
                    .plaintext = Bytes(sealed.size() - tag_size)};
  TRYV(context.open(hpke_aad(head.nonce, head.created_s), sealed, envelope.plaintext));
  context.export_secret(as_bytes(profile.response_label), envelope.reply_key.secret.mutable_view());
  return envelope;
}

Result<service::Opened<domain::Question>> Door::admit(const http::Request& request) const {
  constexpr std::array sizes{domain::question_size};
  TRY(envelope, open(request, exchange_envelope, sizes));
  const auto plaintext = take<domain::question_size>(envelope.plaintext);
  TRY(question, domain::parse_question(plaintext, envelope.at));  // shape: fixed offsets, zeros where nothing is
  return service::Opened<domain::Question>{std::move(question), plaintext, std::move(envelope.asker),
                                           std::move(envelope.proof), std::move(envelope.reply_key)};
}

Result<service::OpenedBundle> Door::admit_bundle(const http::Request& request) const {
  std::array<std::size_t, domain::bundle_slots.size()> sizes{};
  std::ranges::transform(domain::bundle_slots, sizes.begin(), domain::bundle_size);
  TRY(envelope, open(request, bundle_envelope, sizes));
  TRY(questions, domain::parse_bundle(envelope.plaintext, envelope.at));
  service::OpenedBundle bundle{.questions = {},
                               .slots = (envelope.plaintext.size() - domain::bundle_size(0)) / domain::question_size,
                               .reply_key = envelope.reply_key};
  bundle.questions.reserve(questions.size());
  for (auto& each : questions) {
    bundle.questions.push_back(service::Opened<domain::Question>{std::move(each.question), each.plaintext,
                                                                 envelope.asker, envelope.proof, envelope.reply_key});
  }
  return bundle;
}

}  // namespace lindung::gateway
