// AES-256-GCM, the cipher of rows, through libsodium where the processor has AES instructions: a row costs 0.2 to 0.4
// us there and 0.9 us through OpenSSL's EVP. AES-128-GCM, the cipher of the wire, and everything on another processor
// through EVP: the ciphers are fetched once a process, and each thread keeps one context a key size (a fetch or a new
// context per call costs three times the encryption of a row). Both give the same bytes.
#include "crypto/aead.h"

#include <openssl/evp.h>
#include <sodium/crypto_aead_aes256gcm.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/library.h"

namespace lindung::crypto {
namespace {

constexpr std::size_t aes128_key_size = 16;
constexpr std::size_t aes256_key_size = 32;
constexpr int sealing = 1;
constexpr int opening = 0;

using Nonce = ByteArray<gcm_nonce_size>;

[[nodiscard]] int length(BytesView bytes) noexcept {
  require(bytes.size() <= INT_MAX, "AES-GCM was given more than 2 GiB");
  return static_cast<int>(bytes.size());
}

// What was decrypted before the tag turned out wrong is nobody's to read.
[[nodiscard]] Result<void> refuse(MutableBytes out, const char* why) {
  if (!out.empty()) wipe(out.data(), out.size());
  return fail(Errc::malformed, why);
}

class CipherContext {
 public:
  explicit CipherContext(const EVP_CIPHER* cipher) noexcept : context_{EVP_CIPHER_CTX_new()} {
    require(context_ != nullptr, "EVP_CIPHER_CTX_new");
    require(EVP_CipherInit_ex2(get(), cipher, nullptr, nullptr, sealing, nullptr) == 1, "EVP_CipherInit_ex2");
  }
  [[nodiscard]] EVP_CIPHER_CTX* get() const noexcept { return context_.get(); }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, Released<EVP_CIPHER_CTX_free>> context_;
};

[[nodiscard]] const EVP_CIPHER* fetch(const char* name) noexcept {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  require(cipher != nullptr, name);
  return cipher;
}

[[nodiscard]] EVP_CIPHER_CTX* context_for(BytesView key) noexcept {
  static const EVP_CIPHER* const aes128 = fetch("AES-128-GCM");  // kept until the process ends
  static const EVP_CIPHER* const aes256 = fetch("AES-256-GCM");
  thread_local const CipherContext with_aes128{aes128};
  thread_local const CipherContext with_aes256{aes256};
  require(key.size() == aes128_key_size || key.size() == aes256_key_size, "AES-GCM key of another length");
  return key.size() == aes128_key_size ? with_aes128.get() : with_aes256.get();
}

// libsodium's own state of a key lives on the stack of a call and is wiped by it.
[[nodiscard]] bool is_sodiums(BytesView key) noexcept {
  static const bool has_instructions = [] {
    ensure_sodium();
    return crypto_aead_aes256gcm_is_available() == 1;
  }();
  return has_instructions && key.size() == crypto_aead_aes256gcm_KEYBYTES;
}

// The thread's context while it holds a key. The key schedule is overwritten on the way out (130 ns): a key that was
// destroyed must not live on in an idle thread.
class Keyed {
 public:
  Keyed(BytesView key, const Nonce& nonce, int direction) noexcept : context_{context_for(key)} {
    require(EVP_CipherInit_ex2(context_, nullptr, key.data(), nonce.data(), direction, nullptr) == 1, "AES-GCM key");
  }
  Keyed(const Keyed&) = delete;
  Keyed& operator=(const Keyed&) = delete;
  ~Keyed() {
    static constexpr ByteArray<aes256_key_size> no_key{};
    require(EVP_CipherInit_ex2(context_, nullptr, no_key.data(), no_key.data(), sealing, nullptr) == 1, "AES-GCM wipe");
  }

  void add_aad(BytesView aad) noexcept {
    int written = 0;
    if (!aad.empty()) {
      require(EVP_CipherUpdate(context_, nullptr, &written, aad.data(), length(aad)) == 1, "AES-GCM aad");
    }
  }
  // False only when opening, and the tag does not fit.
  [[nodiscard]] bool crypt(BytesView in, MutableBytes out) noexcept {
    int written = 0;
    if (!in.empty()) {
      require(EVP_CipherUpdate(context_, out.data(), &written, in.data(), length(in)) == 1, "AES-GCM text");
    }
    std::uint8_t none = 0;
    return EVP_CipherFinal_ex(context_, &none, &written) == 1;
  }
  void read_tag(MutableBytes out) noexcept {
    require(EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, gcm_tag_size, out.data()) == 1, "AES-GCM tag");
  }
  void expect_tag(ByteArray<gcm_tag_size> tag) noexcept {
    require(EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, gcm_tag_size, tag.data()) == 1, "AES-GCM tag");
  }

 private:
  EVP_CIPHER_CTX* context_;
};

}  // namespace

void gcm_seal(BytesView key, const Nonce& nonce, BytesView aad, BytesView plaintext, MutableBytes out) noexcept {
  require(out.size() == plaintext.size() + gcm_tag_size, "AES-GCM seal into another length");
  if (is_sodiums(key)) {
    crypto_aead_aes256gcm_encrypt_detached(out.data(), out.last(gcm_tag_size).data(), nullptr, plaintext.data(),
                                           plaintext.size(), aad.data(), aad.size(), nullptr, nonce.data(), key.data());
    return;
  }
  Keyed keyed{key, nonce, sealing};
  keyed.add_aad(aad);
  require(keyed.crypt(plaintext, out.first(plaintext.size())), "AES-GCM seal");
  keyed.read_tag(out.last(gcm_tag_size));
}

Bytes gcm_seal(BytesView key, const Nonce& nonce, BytesView aad, BytesView plaintext) {
  Bytes out(plaintext.size() + gcm_tag_size);
  gcm_seal(key, nonce, aad, plaintext, out);
  return out;
}

Result<void> gcm_open(BytesView key, const Nonce& nonce, BytesView aad, BytesView sealed, MutableBytes out) noexcept {
  if (sealed.size() < gcm_tag_size) {
    return refuse(out, "shorter than a tag");
  }
  const auto text = sealed.first(sealed.size() - gcm_tag_size);
  require(out.size() == text.size(), "AES-GCM open into another length");
  if (is_sodiums(key)) {
    const bool opens = crypto_aead_aes256gcm_decrypt_detached(out.data(), nullptr, text.data(), text.size(),
                                                              sealed.last(gcm_tag_size).data(), aad.data(), aad.size(),
                                                              nonce.data(), key.data()) == 0;
    return opens ? ok() : refuse(out, "does not open");
  }
  const QuietErrors quiet;
  Keyed keyed{key, nonce, opening};
  keyed.expect_tag(take<gcm_tag_size>(sealed.last(gcm_tag_size)));
  keyed.add_aad(aad);
  if (!keyed.crypt(text, out)) {
    return refuse(out, "does not open");
  }
  return ok();
}

Result<Bytes> gcm_open(BytesView key, const Nonce& nonce, BytesView aad, BytesView sealed) {
  Bytes out(sealed.size() < gcm_tag_size ? 0 : sealed.size() - gcm_tag_size);
  TRYV(gcm_open(key, nonce, aad, sealed, out));
  return out;
}

}  // namespace lindung::crypto
