#include "gateway/partner_client.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/response_keys.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "gateway/door.h"
#include "gateway/signed_head.h"
#include "log/entry.h"
#include "log/merkle.h"

namespace lindung::gateway {

RequestRandom::RequestRandom() : nonce{crypto::random_bytes<16>()} {}

Result<SealedRequest> seal_request(const PartnerIdentity& partner, const GatewayKey& gateway,
                                   std::string_view authority, const domain::Question& question, Moment now,
                                   seconds lifetime, const RequestRandom& random) {
  const SignatureParameters parameters{.created_s = unix_seconds(now),
                                       .expires_s = unix_seconds(now + lifetime),
                                       .nonce = random.nonce,
                                       .key_id = partner.key_id.value()};
  ByteArray<7> header{gateway.key_id, 0x00, 0x20, 0x00, 0x01, 0x00, 0x01};
  const auto info = Message{128}
                        .text("lindung request v1")
                        .u8(0)
                        .raw(header)
                        .u8(static_cast<std::uint8_t>(partner.key_id.value().size()))
                        .raw(partner.key_id.bytes())
                        .raw(partner.pact_digest)
                        .take();
  const auto aad = Message{24}.raw(random.nonce).be(parameters.created_s).take();
  TRY(sender, crypto::hpke_send(gateway.public_key, random.ephemeral, info));

  SealedRequest request;
  request.plaintext = domain::encode(question);
  request.enc = sender.enc;
  sender.context.export_secret(as_bytes("lindung response v1"), request.response_secret.mutable_view());
  request.body =
      Message{request_body_size}.raw(header).raw(sender.enc).raw(sender.context.seal(aad, request.plaintext)).take();

  const auto content_digest = digest_field(crypto::sha256(request.body));
  const auto pact = digest_field(partner.pact_digest);
  const auto input = signature_input(exchange_profile, parameters);
  const auto base = signature_base(exchange_profile, authority, content_digest, pact, input);
  const auto signature = partner.signing_key.sign(as_bytes(base));
  request.evidence = domain::evidence_of(base, signature);
  request.fields = {{"Content-Type", std::string{exchange_profile.content_type}},
                    {"Content-Digest", content_digest},
                    {"Lindung-Pact", pact},
                    {"Signature-Input", "lindung=" + input},
                    {"Signature", "lindung=:" + codec::base64(signature) + ":"}};
  return request;
}

Result<domain::Answer> open_answer(const PartnerIdentity& partner, const SealedRequest& request, BytesView body) {
  if (body.size() != response_body_size) return fail(Errc::malformed, "answer: length");
  const auto keys = crypto::response_keys(request.response_secret, request.enc, take<16>(body));
  domain::AnswerBytes plaintext{};
  TRYV(crypto::gcm_open(keys.key.view(), keys.nonce, {}, body.subspan(16), plaintext));
  TRY(answer, domain::parse_answer(plaintext));
  if (!std::ranges::equal(answer.request_id.value(), BytesView{request.plaintext}.subspan(4, 16))) {
    return fail(Errc::corrupt, "the answer is to another question");
  }
  // A repeated answer commits to the evidence of the request that was answered first, and one whose link is gone has
  // no opening any more: only the first answer can be recomputed from this request alone.
  if (answer.answered_before) return answer;
  if (answer.evidence != request.evidence) return fail(Errc::corrupt, "the answer names another request as evidence");
  const auto leaf = log::encode(log::AnswerEntry{.partner = partner.partner,
                                                 .epoch = partner.epoch,
                                                 .answered_at = answer.answered_at,
                                                 .commitment = domain::commitment_of(answer, request.plaintext)});
  if (log::leaf_hash(leaf) != answer.leaf_hash) return fail(Errc::corrupt, "the leaf hash is not that of this answer");
  return answer;
}

}  // namespace lindung::gateway
