// RFC 9458 section 4.4, encapsulation of responses.
#include "crypto/response_keys.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"

namespace lindung::crypto {

ResponseKeys response_keys(const Secret<16>& secret, const X25519PublicKey& enc,
                           const ByteArray<16>& response_nonce) noexcept {
  ByteArray<32 + 16> salt;
  std::ranges::copy(response_nonce, std::ranges::copy(enc, salt.begin()).out);
  const auto prk = hkdf_extract(salt, {secret.view()});
  ResponseKeys keys;
  hkdf_expand(prk.view(), {as_bytes("key")}, keys.key.mutable_view());
  hkdf_expand(prk.view(), {as_bytes("nonce")}, keys.nonce);
  return keys;
}

}  // namespace lindung::crypto
