// The sealed envelope at the door of the exchange, rightly signed, so that what is behind the signature is reached: a
// body of any bytes, or any plaintext sealed as it has to be. The first byte chooses; what is admitted is what was
// sealed.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/bundle.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "gateway/door.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/directory.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header

constexpr Moment now{seconds{1'795'000'000}};
constexpr std::uint8_t key_number = 7;
constexpr const char* authority = "gateway.example";

struct Gateway {
  ManualClock clock{now};
  crypto::Ed25519PrivateKey signing_key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{ByteArray<32>{1}});
  crypto::X25519PrivateKey exchange_key = crypto::X25519PrivateKey::from_bytes(Secret<32>{ByteArray<32>{2}});
  crypto::X25519PrivateKey ephemeral = crypto::X25519PrivateKey::from_bytes(Secret<32>{ByteArray<32>{3}});
  KeyId key_id{"gojek.1"};
  Hash pact{9};
  service::CurrentDirectory directory;
  gateway::ExchangeKeys keys;
  gateway::Door door{clock, directory, keys, {.names = {authority}, .https = true}};

  Gateway() {
    const PartnerId partner{"gojek"};
    service::Directory known;
    known.keys.emplace(key_id.value(), service::DirectoryKey{.id = key_id,
                                                             .partner = partner,
                                                             .public_key = signing_key.public_key(),
                                                             .not_before = now - seconds{60},
                                                             .not_after = now + seconds{60}});
    known.partners[partner] = {.id = partner,
                               .state = domain::PartnerState::active,
                               .profile = domain::Profile::colour,
                               .epoch = 1,
                               .cut_index = {}};
    known.pacts.current = pact;
    if (directory.replace([&]() -> Result<service::Directory> { return known; }).has_error()) std::abort();
    auto table = std::make_unique<gateway::ExchangeKeys::Table>();
    table->at(key_number) =
        gateway::ExchangeKey{.key = exchange_key, .not_before = now - seconds{60}, .not_after = now + seconds{60}};
    keys.set(std::move(table));
  }
};

std::string digest_field(const Hash& digest) { return "sha-256=:" + codec::base64(digest) + ":"; }

Bytes sealed_body(const Gateway& at, const gateway::EnvelopeProfile& profile,
                  const gateway::SignatureParameters& parameters, BytesView plaintext) {
  ByteArray<gateway::envelope_header_size> header{key_number};
  std::ranges::copy(gateway::suite, header.begin() + 1);
  const auto info = gateway::hpke_info(profile, header, parameters.key_id, at.pact);
  const auto sender = crypto::hpke_send(at.exchange_key.public_key(), at.ephemeral, info);
  if (sender.has_error()) std::abort();
  const auto aad = gateway::hpke_aad(parameters.nonce, parameters.created_s);
  return Message{}.raw(header).raw(sender.value().enc).raw(sender.value().context.seal(aad, plaintext)).take();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Gateway at;
  if (size == 0) return 0;
  const bool is_bundle = (data[0] & 1U) != 0;
  const bool is_sealed = (data[0] & 2U) != 0;
  const auto& profile = is_bundle ? gateway::bundle_envelope : gateway::exchange_envelope;
  const gateway::SignatureParameters parameters{.created_s = unix_seconds(now),
                                                .expires_s = unix_seconds(now) + 30,
                                                .nonce = ByteArray<16>{5},
                                                .key_id = at.key_id.value()};
  // Of a length that the door takes: cut off or filled up with zeros.
  auto content = to_bytes({data + 1, size - 1});
  const auto plaintext_size = is_bundle ? domain::bundle_size(domain::bundle_slots.front()) : domain::question_size;
  content.resize(is_sealed ? plaintext_size : gateway::sealed_request_size(plaintext_size));
  const auto body = is_sealed ? sealed_body(at, profile, parameters, content) : content;

  const auto content_digest = digest_field(crypto::sha256(body));
  const auto pact = digest_field(at.pact);
  const auto input = gateway::signature_input(profile.signature, parameters);
  const auto base = gateway::signature_base(profile.signature, authority, content_digest, pact, input);
  const auto signature_field = "lindung=:" + codec::base64(at.signing_key.sign(as_bytes(base))) + ":";
  const auto input_field = "lindung=" + input;
  const std::array fields{http::Field{.name = "Host", .value = authority},
                          http::Field{.name = "Content-Type", .value = profile.signature.content_type},
                          http::Field{.name = "Content-Digest", .value = content_digest},
                          http::Field{.name = "Lindung-Pact", .value = pact},
                          http::Field{.name = "Signature-Input", .value = input_field},
                          http::Field{.name = "Signature", .value = signature_field}};
  const http::Request request{.method = "POST",
                              .target = profile.signature.path,
                              .fields = fields,
                              .body = body,
                              .framed_by_content_length = true,
                              .client_certificate_subject = {}};
  const auto is_expected = [&](Errc code) {
    return code == Errc::malformed || (!is_sealed && code == Errc::unsupported_key);
  };
  if (is_bundle) {
    const auto admitted = at.door.admit_bundle(request);
    if (admitted.has_error() ? !is_expected(admitted.error().code) : !is_sealed) std::abort();
    if (admitted.has_value() && admitted.value().questions.empty()) std::abort();
  } else {
    const auto admitted = at.door.admit(request);
    if (admitted.has_error() ? !is_expected(admitted.error().code) : !is_sealed) std::abort();
    if (admitted.has_value() && !std::ranges::equal(admitted.value().plaintext(), content)) std::abort();
  }
  return 0;
}
