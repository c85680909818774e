// AES-GCM with a 12-byte nonce and a 16-byte tag behind the ciphertext (NIST SP 800-38D), through OpenSSL with one
// cached cipher context per thread.
// Not here: choosing nonces. Callers either draw them at random or use a key once.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::crypto {

inline constexpr std::size_t gcm_nonce_size = 12;
inline constexpr std::size_t gcm_tag_size = 16;

// Shape: key of 16 or 32 bytes (AES-128 or AES-256); `out` has plaintext.size() + 16 bytes. Other lengths terminate.
void gcm_seal(BytesView key, const ByteArray<gcm_nonce_size>& nonce, BytesView aad, BytesView plaintext,
              MutableBytes out) noexcept;
[[nodiscard]] Bytes gcm_seal(BytesView key, const ByteArray<gcm_nonce_size>& nonce, BytesView aad, BytesView plaintext);

// Shape: `out` has sealed.size() - 16 bytes. Errors: malformed if sealed is shorter than a tag or does not open; `out`
// is wiped then.
[[nodiscard]] Result<void> gcm_open(BytesView key, const ByteArray<gcm_nonce_size>& nonce, BytesView aad,
                                    BytesView sealed, MutableBytes out) noexcept;
[[nodiscard]] Result<Bytes> gcm_open(BytesView key, const ByteArray<gcm_nonce_size>& nonce, BytesView aad,
                                     BytesView sealed);

}  // namespace lindung::crypto
