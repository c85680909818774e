#include "gateway/sealed_client.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "gateway/envelope.h"
#include "gateway/signed_head.h"

namespace lindung::gateway {

RequestRandom::RequestRandom() : nonce{crypto::random_bytes<16>()} {}

namespace {

struct SignedFields {
  std::vector<std::pair<std::string, std::string>> fields;
  Hash evidence{};
};

SignedFields sign(const SignatureProfile& profile, const KeyHolder& holder, std::string_view authority, BytesView body,
                  const SignatureParameters& parameters) {
  const auto content_digest = digest_field(crypto::sha256(body));
  const auto pact = digest_field(holder.pact_digest);
  const auto input = signature_input(profile, parameters);
  const auto base = signature_base(profile, authority, content_digest, pact, input);
  const auto signature = holder.signing_key.sign(as_bytes(base));
  SignedFields out{.fields = {{"Content-Type", std::string{profile.content_type}}, {"Content-Digest", content_digest}},
                   .evidence = domain::evidence_of(base, signature)};
  if (profile.has_pact) out.fields.emplace_back("Lindung-Pact", pact);
  out.fields.emplace_back("Signature-Input", "lindung=" + input);
  out.fields.emplace_back("Signature", "lindung=:" + codec::base64(signature) + ":");
  return out;
}

SignatureParameters parameters_of(const KeyHolder& holder, const ByteArray<16>& nonce, Moment now, seconds lifetime) {
  return {.created_s = unix_seconds(now),
          .expires_s = unix_seconds(now + lifetime),
          .nonce = nonce,
          .key_id = holder.key_id.value()};
}

}  // namespace

Result<SealedEnvelope> seal_envelope(const EnvelopeProfile& profile, const KeyHolder& holder, const GatewayKey& gateway,
                                     std::string_view authority, BytesView plaintext, Moment now, seconds lifetime,
                                     const RequestRandom& random) {
  const auto parameters = parameters_of(holder, random.nonce, now, lifetime);
  ByteArray<envelope_header_size> header{gateway.key_id};
  std::ranges::copy(suite, header.begin() + 1);
  const auto info = hpke_info(profile, header, holder.key_id.value(), holder.pact_digest);
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
  auto head = sign(profile.signature, holder, authority, request.body, parameters);
  request.fields = std::move(head.fields);
  request.evidence = head.evidence;
  return request;
}

std::vector<std::pair<std::string, std::string>> sign_fields(const SignatureProfile& profile, const KeyHolder& holder,
                                                             std::string_view authority, BytesView body, Moment now,
                                                             seconds lifetime) {
  const auto parameters = parameters_of(holder, crypto::random_bytes<16>(), now, lifetime);
  return sign(profile, holder, authority, body, parameters).fields;
}

}  // namespace lindung::gateway
