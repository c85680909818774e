// What the two public-key operations of an exchange cost at the least: the denominator of the project's figure.
#pragma once

#include <openssl/evp.h>
#include <sodium.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <string>

#include "demo_process.h"

namespace lindung::bench {

inline double process_cpu_s() {
  timespec at{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

// The denominator: one verify and one derive, both with everything cached that a server would cache.
inline double reference_us() {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_key{};
  crypto_sign_keypair(public_key.data(), secret_key.data());
  const std::string message(600, 'm');
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  crypto_sign_detached(signature.data(), nullptr, bytes, message.size(), secret_key.data());

  EVP_PKEY* own = EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519");
  EVP_PKEY* peer = EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519");
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(own, nullptr);
  EVP_PKEY_derive_init(context);
  constexpr int rounds = 4'000;
  const auto begin = process_cpu_s();
  for (int i = 0; i < rounds; ++i) {
    if (crypto_sign_verify_detached(signature.data(), bytes, message.size(), public_key.data()) != 0) die("verify");
    std::array<unsigned char, 32> shared{};
    std::size_t size = shared.size();
    if (EVP_PKEY_derive_set_peer(context, peer) != 1 || EVP_PKEY_derive(context, shared.data(), &size) != 1)
      die("derive");
  }
  const auto spent = process_cpu_s() - begin;
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(peer);
  EVP_PKEY_free(own);
  return spent / rounds * 1e6;
}

}  // namespace lindung::bench
