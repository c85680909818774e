// What one sealed exchange asks of the cryptography, each part beside the primitive that it cannot be faster than.
// Figures are kept in docs/performance.md; compare ratios of one run, never absolute times of two.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <cstddef>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/response_keys.h"

namespace lindung::crypto {
namespace {

constexpr std::size_t plaintext_size = 256;       // protocol.md sections 4 and 5
constexpr std::size_t signature_base_size = 500;  // of the order of a request's
constexpr std::size_t row_size = 200;

void ed25519_verify(benchmark::State& state) {
  const auto key = Ed25519PrivateKey::generate();
  const auto public_key = key.public_key();
  const Bytes message(signature_base_size, 1);
  const auto signature = key.sign(message);
  while (state.KeepRunning()) benchmark::DoNotOptimize(public_key.verifies(message, signature));
}
BENCHMARK(ed25519_verify);

void ed25519_sign(benchmark::State& state) {
  const auto key = Ed25519PrivateKey::generate();
  const Bytes message(signature_base_size, 1);
  while (state.KeepRunning()) benchmark::DoNotOptimize(key.sign(message));
}
BENCHMARK(ed25519_sign);

void x25519_derive(benchmark::State& state) {
  const auto key = X25519PrivateKey::generate();
  const auto peer = X25519PrivateKey::generate().public_key();
  while (state.KeepRunning()) benchmark::DoNotOptimize(key.derive(peer));
}
BENCHMARK(x25519_derive);

// The other side of the ratio: OpenSSL with a cached key and context.
void x25519_derive_openssl(benchmark::State& state) {
  const auto own = random_secret<32>();
  const auto peer = X25519PrivateKey::generate().public_key();
  auto* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, own.view().data(), own.size());
  auto* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr);
  if (EVP_PKEY_derive_init(context) != 1) state.SkipWithError("EVP_PKEY_derive_init");
  ByteArray<32> shared;
  while (state.KeepRunning()) {
    auto* other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, peer.data(), peer.size());
    std::size_t size = shared.size();
    if (EVP_PKEY_derive_set_peer_ex(context, other, 0) != 1 || EVP_PKEY_derive(context, shared.data(), &size) != 1) {
      state.SkipWithError("EVP_PKEY_derive");
    }
    EVP_PKEY_free(other);
    benchmark::DoNotOptimize(shared);
  }
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
}
BENCHMARK(x25519_derive_openssl);

struct SealedRequest {
  X25519PrivateKey recipient = X25519PrivateKey::generate();
  Bytes info = Bytes(78, 2);
  Bytes aad = Bytes(24, 3);
  HpkeSender sender = hpke_send(recipient.public_key(), X25519PrivateKey::generate(), info).value();
  Bytes ciphertext = sender.context.seal(aad, Bytes(plaintext_size, 4));
};

void hpke_receive_and_open(benchmark::State& state) {
  const SealedRequest request;
  ByteArray<plaintext_size> plaintext;
  while (state.KeepRunning()) {
    const auto context = hpke_receive(request.recipient, request.sender.enc, request.info);
    if (!context.value().open(request.aad, request.ciphertext, plaintext)) state.SkipWithError("does not open");
    benchmark::DoNotOptimize(plaintext);
  }
}
BENCHMARK(hpke_receive_and_open);

void answer_export_and_seal(benchmark::State& state) {
  const SealedRequest request;
  const auto nonce = random_bytes<16>();
  const Bytes plaintext(plaintext_size, 5);
  ByteArray<plaintext_size + gcm_tag_size> sealed;
  while (state.KeepRunning()) {
    Secret<16> secret;
    request.sender.context.export_secret(as_bytes("lindung response v1"), secret.mutable_view());
    const auto keys = response_keys(secret, request.sender.enc, nonce);
    gcm_seal(keys.key.view(), keys.nonce, {}, plaintext, sealed);
    benchmark::DoNotOptimize(sealed);
  }
}
BENCHMARK(answer_export_and_seal);

void hmac_key_prepared(benchmark::State& state) {
  const HmacKey key{random_bytes<32>()};
  const Bytes message(static_cast<std::size_t>(state.range(0)), 6);
  while (state.KeepRunning()) benchmark::DoNotOptimize(key.mac(message));
}
BENCHMARK(hmac_key_prepared)->Arg(32)->Arg(300);

void hmac_one_shot(benchmark::State& state) {
  const auto key = random_bytes<32>();
  const Bytes message(300, 6);
  while (state.KeepRunning()) benchmark::DoNotOptimize(hmac_sha256(key, {message}));
}
BENCHMARK(hmac_one_shot);

void sha256_of_300_bytes(benchmark::State& state) {
  const Bytes message(300, 6);
  while (state.KeepRunning()) benchmark::DoNotOptimize(sha256(message));
}
BENCHMARK(sha256_of_300_bytes);

void gcm_seal_row(benchmark::State& state) {
  const auto key = random_bytes<32>();
  const auto nonce = random_bytes<gcm_nonce_size>();
  const Bytes aad(40, 7);
  const Bytes row(row_size, 8);
  ByteArray<row_size + gcm_tag_size> sealed;
  const auto size = static_cast<std::size_t>(state.range(0)) / 8;
  while (state.KeepRunning()) {
    gcm_seal(BytesView{key}.first(size), nonce, aad, row, sealed);
    benchmark::DoNotOptimize(sealed);
  }
}
BENCHMARK(gcm_seal_row)->Arg(128)->Arg(256);

void gcm_open_row(benchmark::State& state) {
  const auto key = random_bytes<32>();
  const auto nonce = random_bytes<gcm_nonce_size>();
  const Bytes aad(40, 7);
  const auto sealed = gcm_seal(key, nonce, aad, Bytes(row_size, 8));
  ByteArray<row_size> row;
  while (state.KeepRunning()) {
    if (!gcm_open(key, nonce, aad, sealed, row)) state.SkipWithError("does not open");
    benchmark::DoNotOptimize(row);
  }
}
BENCHMARK(gcm_open_row);

void es256_verify(benchmark::State& state) {
  const auto key = Es256PrivateKey::generate().value();
  const auto public_key = key.public_key();
  const Bytes message(300, 9);
  const auto signature = key.sign(message).value();
  while (state.KeepRunning()) benchmark::DoNotOptimize(public_key.verifies(message, signature));
}
BENCHMARK(es256_verify);

void es256_sign(benchmark::State& state) {
  const auto key = Es256PrivateKey::generate().value();
  const Bytes message(300, 9);
  while (state.KeepRunning()) benchmark::DoNotOptimize(key.sign(message));
}
BENCHMARK(es256_sign);

void random_16_bytes(benchmark::State& state) {
  while (state.KeepRunning()) benchmark::DoNotOptimize(random_bytes<16>());
}
BENCHMARK(random_16_bytes);

}  // namespace
}  // namespace lindung::crypto
