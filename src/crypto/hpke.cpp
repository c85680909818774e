// HPKE base mode, composed from X25519, HKDF and AES-GCM as RFC 9180 says; the numbers of sections are that RFC's.
#include "crypto/hpke.h"

#include <sodium/crypto_scalarmult_curve25519.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/library.h"
#include "crypto/random.h"

namespace lindung::crypto {
namespace {

constexpr std::size_t secret_size = 32;  // Nsecret and Nh of the suite

// Section 4.1: suite_id = "KEM" | kem_id, and section 5.1: "HPKE" | kem_id | kdf_id | aead_id.
constexpr ByteArray<5> kem_suite{'K', 'E', 'M', 0x00, 0x20};
constexpr ByteArray<10> hpke_suite{'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x01};
constexpr std::uint8_t mode_base = 0;
constexpr std::string_view version = "HPKE-v1";

// Section 4: LabeledExtract(salt, label, ikm).
[[nodiscard]] Secret<secret_size> labeled_extract(BytesView suite, BytesView salt, std::string_view label,
                                                  BytesView ikm) noexcept {
  return hkdf_extract(salt, {as_bytes(version), suite, as_bytes(label), ikm});
}

// Section 4: LabeledExpand(prk, label, info, L), with L the size of `out`.
void labeled_expand(BytesView suite, BytesView prk, std::string_view label, BytesView info, MutableBytes out) noexcept {
  ByteArray<2> size;
  put_be(MutableBytes{size}, static_cast<std::uint16_t>(out.size()));
  hkdf_expand(prk, {size, as_bytes(version), suite, as_bytes(label), info}, out);
}

// Section 4.1: ExtractAndExpand(dh, kem_context), kem_context = enc | pkRm.
[[nodiscard]] Secret<secret_size> shared_secret_of(BytesView dh, const X25519PublicKey& enc,
                                                   const X25519PublicKey& recipient) noexcept {
  const auto eae_prk = labeled_extract(kem_suite, {}, "eae_prk", dh);
  ByteArray<2 * secret_size> kem_context;
  std::ranges::copy(recipient, std::ranges::copy(enc, kem_context.begin()).out);
  Secret<secret_size> out;
  labeled_expand(kem_suite, eae_prk.view(), "shared_secret", kem_context, out.mutable_view());
  return out;
}

}  // namespace

X25519PrivateKey X25519PrivateKey::generate() {
  return from_bytes(random_secret<crypto_scalarmult_curve25519_BYTES>());
}

X25519PrivateKey X25519PrivateKey::from_bytes(const Secret<32>& bytes) {
  ensure_sodium();
  X25519PrivateKey key;
  key.bytes_ = bytes;
  require(crypto_scalarmult_curve25519_base(key.public_key_.data(), bytes.view().data()) == 0,
          "crypto_scalarmult_curve25519_base");
  return key;
}

Result<Secret<32>> X25519PrivateKey::derive(const X25519PublicKey& peer) const noexcept {
  Secret<32> shared;
  // libsodium refuses the points of small order, which are those that give all zeros; the test stands here all the
  // same, because section 7.1.4 asks for it.
  const bool derived =
      crypto_scalarmult_curve25519(shared.mutable_view().data(), bytes_.view().data(), peer.data()) == 0;
  if (!derived || all_zero(shared.view())) return fail(Errc::malformed, "X25519 gives an all-zero secret");
  return shared;
}

Bytes HpkeContext::seal(BytesView aad, BytesView plaintext) const {
  return gcm_seal(key_.view(), base_nonce_, aad, plaintext);  // section 5.2: the nonce of sequence 0 is base_nonce
}

Result<Bytes> HpkeContext::open(BytesView aad, BytesView ciphertext) const {
  return gcm_open(key_.view(), base_nonce_, aad, ciphertext);
}

Result<void> HpkeContext::open(BytesView aad, BytesView ciphertext, MutableBytes out) const noexcept {
  return gcm_open(key_.view(), base_nonce_, aad, ciphertext, out);
}

void HpkeContext::export_secret(BytesView exporter_context, MutableBytes out) const noexcept {
  labeled_expand(hpke_suite, exporter_secret_.view(), "sec", exporter_context, out);
}

HpkeContext make_hpke_context(BytesView shared_secret, BytesView info) noexcept {
  // Computed once: psk_id is empty in mode_base.
  static const Secret<secret_size> psk_id_hash = labeled_extract(hpke_suite, {}, "psk_id_hash", {});
  const auto info_hash = labeled_extract(hpke_suite, {}, "info_hash", info);
  ByteArray<1 + (2 * secret_size)> context;
  context[0] = mode_base;
  std::ranges::copy(info_hash.view(), std::ranges::copy(psk_id_hash.view(), context.begin() + 1).out);

  const auto secret = labeled_extract(hpke_suite, shared_secret, "secret", {});
  HpkeContext out;
  labeled_expand(hpke_suite, secret.view(), "key", context, out.key_.mutable_view());
  labeled_expand(hpke_suite, secret.view(), "base_nonce", context, out.base_nonce_);
  labeled_expand(hpke_suite, secret.view(), "exp", context, out.exporter_secret_.mutable_view());
  return out;
}

Result<HpkeContext> hpke_receive(const X25519PrivateKey& recipient, const X25519PublicKey& enc, BytesView info) {
  TRY(dh, recipient.derive(enc));
  return make_hpke_context(shared_secret_of(dh.view(), enc, recipient.public_key()).view(), info);
}

Result<HpkeSender> hpke_send(const X25519PublicKey& recipient, const X25519PrivateKey& ephemeral, BytesView info) {
  TRY(dh, ephemeral.derive(recipient));
  const auto& enc = ephemeral.public_key();
  return HpkeSender{.enc = enc, .context = make_hpke_context(shared_secret_of(dh.view(), enc, recipient).view(), info)};
}

}  // namespace lindung::crypto
