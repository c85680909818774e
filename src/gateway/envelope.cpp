#include "gateway/envelope.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/aead.h"
#include "crypto/random.h"
#include "crypto/response_keys.h"
#include "service/opened.h"

namespace lindung::gateway {

Bytes hpke_info(const EnvelopeProfile& profile, BytesView header, std::string_view key_id, const Hash& pact_digest) {
  return Message{128}
      .text(profile.request_label)
      .u8(0)
      .raw(header)
      .u8(static_cast<std::uint8_t>(key_id.size()))
      .text(key_id)
      .raw(pact_digest)
      .take();
}

ByteArray<24> hpke_aad(const ByteArray<16>& nonce, std::uint64_t created_s) {
  ByteArray<24> aad;
  std::ranges::copy(nonce, aad.begin());
  put_be(MutableBytes{aad}.subspan(nonce.size()), created_s);
  return aad;
}

Bytes seal_reply(const service::ReplyKey& key, BytesView plaintext, const ByteArray<16>& response_nonce) {
  const auto keys = crypto::response_keys(key.secret, key.enc, response_nonce);
  Bytes body(sealed_reply_size(plaintext.size()));
  std::ranges::copy(response_nonce, body.begin());
  crypto::gcm_seal(keys.key.view(), keys.nonce, {}, plaintext, MutableBytes{body}.subspan(response_nonce.size()));
  return body;
}

Bytes seal_reply(const service::ReplyKey& key, BytesView plaintext) {
  return seal_reply(key, plaintext, crypto::random_bytes<response_nonce_size>());
}

Result<Bytes> open_reply(const service::ReplyKey& key, BytesView body, std::size_t plaintext_size) {
  if (body.size() != sealed_reply_size(plaintext_size)) return fail(Errc::malformed, "answer: length");
  const auto keys = crypto::response_keys(key.secret, key.enc, take<response_nonce_size>(body));
  Bytes plaintext(plaintext_size);
  TRYV(crypto::gcm_open(keys.key.view(), keys.nonce, {}, body.subspan(response_nonce_size), plaintext));
  return plaintext;
}

}  // namespace lindung::gateway
