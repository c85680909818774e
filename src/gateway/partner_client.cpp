#include "gateway/partner_client.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/question.h"
#include "gateway/envelope.h"
#include "gateway/signed_head.h"
#include "log/entry.h"
#include "log/merkle.h"

namespace lindung::gateway {

RequestRandom::RequestRandom() : nonce{crypto::random_bytes<16>()} {}

namespace {

Result<SealedEnvelope> seal_envelope(const EnvelopeProfile& profile, const PartnerIdentity& partner,
                                     const GatewayKey& gateway, std::string_view authority, BytesView plaintext,
                                     Moment now, seconds lifetime, const RequestRandom& random) {
  const SignatureParameters parameters{.created_s = unix_seconds(now),
                                       .expires_s = unix_seconds(now + lifetime),
                                       .nonce = random.nonce,
                                       .key_id = partner.key_id.value()};
  ByteArray<envelope_header_size> header{gateway.key_id};
  std::ranges::copy(suite, header.begin() + 1);
  const auto info = hpke_info(profile, header, partner.key_id.value(), partner.pact_digest);
  const auto aad = hpke_aad(random.nonce, parameters.created_s);
  TRY(sender, crypto::hpke_send(gateway.public_key, random.ephemeral, info));

  SealedEnvelope request;
  request.reply_key.enc = sender.enc;
  sender.context.export_secret(as_bytes(profile.response_label), request.reply_key.secret.mutable_view());
  request.body = Message{sealed_request_size(plaintext.size())}
                     .raw(header)
                     .raw(sender.enc)
                     .raw(sender.context.seal(aad, plaintext))
                     .take();

  const auto content_digest = digest_field(crypto::sha256(request.body));
  const auto pact = digest_field(partner.pact_digest);
  const auto input = signature_input(profile.signature, parameters);
  const auto base = signature_base(profile.signature, authority, content_digest, pact, input);
  const auto signature = partner.signing_key.sign(as_bytes(base));
  request.evidence = domain::evidence_of(base, signature);
  request.fields = {{"Content-Type", std::string{profile.signature.content_type}},
                    {"Content-Digest", content_digest},
                    {"Lindung-Pact", pact},
                    {"Signature-Input", "lindung=" + input},
                    {"Signature", "lindung=:" + codec::base64(signature) + ":"}};
  return request;
}

Result<void> check_answer(const domain::Answer& answer, const PartnerIdentity& partner, const SealedEnvelope& request,
                          const domain::QuestionBytes& question) {
  if (!std::ranges::equal(answer.request_id.value(), BytesView{question}.subspan(4, 16))) {
    return fail(Errc::corrupt, "the answer is to another question");
  }
  // A repeated answer commits to the evidence of the request that was answered first, which it names; one whose link
  // has gone since has lost the opening of what was recorded (protocol.md section 9).
  const bool has_ended = answer.outcome == domain::Outcome::unlinked && all_zero(answer.opening);
  if (answer.answered_before && has_ended) return ok();
  if (!answer.answered_before && answer.evidence != request.evidence) {
    return fail(Errc::corrupt, "the answer names another request as evidence");
  }
  const auto leaf = log::encode(log::AnswerEntry{.partner = partner.partner,
                                                 .epoch = partner.epoch,
                                                 .answered_at = answer.answered_at,
                                                 .commitment = domain::commitment_of(answer, question)});
  if (log::leaf_hash(leaf) != answer.leaf_hash) return fail(Errc::corrupt, "the leaf hash is not that of this answer");
  return ok();
}

}  // namespace

Result<SealedRequest> seal_request(const PartnerIdentity& partner, const GatewayKey& gateway,
                                   std::string_view authority, const domain::Question& question, Moment now,
                                   seconds lifetime, const RequestRandom& random) {
  const auto plaintext = domain::encode(question);
  TRY(sealed, seal_envelope(exchange_envelope, partner, gateway, authority, plaintext, now, lifetime, random));
  return SealedRequest{{std::move(sealed)}, plaintext};
}

Result<SealedBundle> seal_bundle(const PartnerIdentity& partner, const GatewayKey& gateway, std::string_view authority,
                                 std::span<const domain::Question> questions, Moment now, seconds lifetime,
                                 const RequestRandom& random) {
  const auto slots = std::ranges::lower_bound(domain::bundle_slots, questions.size());
  if (questions.empty() || slots == domain::bundle_slots.end()) {
    return fail(Errc::invalid_argument, "a bundle has 1 to 64 questions");
  }
  std::vector<domain::QuestionBytes> plaintexts;
  std::set<RequestId> ids;
  for (const auto& question : questions) {
    if (!ids.insert(question.request_id).second) return fail(Errc::invalid_argument, "a request id stands twice");
    plaintexts.push_back(domain::encode(question));
  }
  const auto plaintext = domain::encode_bundle(plaintexts, *slots);
  TRY(sealed, seal_envelope(bundle_envelope, partner, gateway, authority, plaintext, now, lifetime, random));
  return SealedBundle{{std::move(sealed)}, std::move(plaintexts), *slots};
}

Result<domain::Answer> open_answer(const PartnerIdentity& partner, const SealedRequest& request, BytesView body) {
  TRY(plaintext, open_reply(request.reply_key, body, domain::answer_size));
  TRY(answer, domain::parse_answer(take<domain::answer_size>(plaintext)));
  TRYV(check_answer(answer, partner, request, request.plaintext));
  return answer;
}

Result<std::vector<domain::BundledAnswer>> open_bundle_answer(const PartnerIdentity& partner,
                                                              const SealedBundle& request, BytesView body) {
  TRY(plaintext, open_reply(request.reply_key, body, domain::bundle_size(request.slots)));
  TRY(answers, domain::parse_bundle_answer(plaintext));
  if (answers.size() != request.plaintexts.size()) return fail(Errc::malformed, "answer: number of slots");
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& each = answers[i];
    if (!std::ranges::equal(each.request_id.value(), BytesView{request.plaintexts[i]}.subspan(4, 16))) {
      return fail(Errc::corrupt, "the answer is to another question");
    }
    if (each.answer.has_error()) continue;
    TRYV(check_answer(each.answer.value(), partner, request, request.plaintexts[i]));
  }
  return answers;
}

}  // namespace lindung::gateway
