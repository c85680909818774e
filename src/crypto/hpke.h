// HPKE (RFC 9180), mode_base, with the one suite of protocol.md section 2: DHKEM(X25519, HKDF-SHA256) 0x0020,
// HKDF-SHA256 0x0001, AES-128-GCM 0x0001; one message a context, and the exporter.
// Composed from libsodium's X25519, OpenSSL's AES-GCM and our HKDF; checked with the vectors of RFC 9180 appendix A.1.
// Not here: authentication of the sender; forward secrecy against the recipient's key.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::crypto {

using X25519PublicKey = ByteArray<32>;

// A key pair; plain memory, safe to use from many threads at once, wiped on destruction. There is nothing to prepare:
// libsodium derives in 31 us from the bytes, OpenSSL in 37 us from a cached key and context (one run, one core).
class X25519PrivateKey {
 public:
  [[nodiscard]] static X25519PrivateKey generate();
  [[nodiscard]] static X25519PrivateKey from_bytes(const Secret<32>& bytes);
  [[nodiscard]] const X25519PublicKey& public_key() const noexcept { return public_key_; }
  [[nodiscard]] Secret<32> bytes() const noexcept { return bytes_; }
  // Errors: malformed if the shared secret is all zeros (RFC 9180 section 7.1.4).
  [[nodiscard]] Result<Secret<32>> derive(const X25519PublicKey& peer) const noexcept;

 private:
  X25519PrivateKey() = default;
  Secret<32> bytes_;
  X25519PublicKey public_key_{};
};

// The key schedule's result (RFC 9180 section 5.1) for one message.
class HpkeContext {
 public:
  // RFC 9180 section 5.2, sequence number 0 only. Shape: ciphertext = plaintext + 16 bytes.
  [[nodiscard]] Bytes seal(BytesView aad, BytesView plaintext) const;
  // Errors: malformed if it does not open.
  [[nodiscard]] Result<Bytes> open(BytesView aad, BytesView ciphertext) const;
  // Errors: malformed if it does not open. Shape: out = ciphertext - 16 bytes.
  [[nodiscard]] Result<void> open(BytesView aad, BytesView ciphertext, MutableBytes out) const noexcept;
  // RFC 9180 section 5.3. Shape: fills all of `out`.
  void export_secret(BytesView exporter_context, MutableBytes out) const noexcept;

 private:
  friend HpkeContext make_hpke_context(BytesView shared_secret, BytesView info) noexcept;
  Secret<16> key_;
  ByteArray<12> base_nonce_{};
  Secret<32> exporter_secret_;
};

// RFC 9180 section 5.1 KeySchedule (psk and psk_id empty).
[[nodiscard]] HpkeContext make_hpke_context(BytesView shared_secret, BytesView info) noexcept;

// RFC 9180 section 5.1.1 SetupBaseR. Errors: malformed for an all-zero shared secret.
[[nodiscard]] Result<HpkeContext> hpke_receive(const X25519PrivateKey& recipient, const X25519PublicKey& enc,
                                               BytesView info);

struct HpkeSender {
  X25519PublicKey enc;
  HpkeContext context;
};
// RFC 9180 section 5.1.1 SetupBaseS. `ephemeral` is fresh for each message; vectors pass their own.
[[nodiscard]] Result<HpkeSender> hpke_send(const X25519PublicKey& recipient, const X25519PrivateKey& ephemeral,
                                           BytesView info);

}  // namespace lindung::crypto
