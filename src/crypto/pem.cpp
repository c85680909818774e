#include "crypto/pem.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/library.h"

namespace lindung::crypto {

namespace {

using BioOwner = std::unique_ptr<BIO, Released<BIO_free>>;
using NumberOwner = std::unique_ptr<BIGNUM, Released<BN_clear_free>>;
constexpr std::size_t pem_limit = 64UL * 1024;

// OpenSSL would ask at the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writes*/, void* /*data*/) { return -1; }

Result<BioOwner> source_of(BytesView pem) {
  if (pem.empty() || pem.size() > pem_limit) return fail(Errc::malformed, "PEM: empty, or too long");
  BioOwner source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  require(source != nullptr, "BIO_new_mem_buf");
  return source;
}

bool is_on_p256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &size) == 1 &&
         std::string_view{group.data(), size} == SN_X9_62_prime256v1;
}

Error other_kind() {
  return Error{.code = Errc::malformed, .detail = "PEM: a key of Ed25519 or on P-256 is needed", .number = {}};
}

}  // namespace

bool looks_like_pem(BytesView content) noexcept { return as_text(content).starts_with("-----BEGIN "); }

Result<std::variant<Ed25519PrivateKey, Es256PrivateKey>> private_key_of_pem(BytesView pem) {
  const QuietErrors quiet;
  TRY(source, source_of(pem));
  const KeyOwner key{PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr)};
  if (key == nullptr) return fail(Errc::malformed, "PEM: no private key, or an encrypted one");
  Secret<32> secret;
  auto bytes = secret.mutable_view();
  if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519) {
    auto size = bytes.size();
    require(EVP_PKEY_get_raw_private_key(key.get(), bytes.data(), &size) == 1 && size == bytes.size(),
            "EVP_PKEY_get_raw_private_key");
    return Ed25519PrivateKey::from_seed(secret);
  }
  if (!is_on_p256(key.get())) return other_kind();
  BIGNUM* read = nullptr;
  require(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &read) == 1, "EVP_PKEY_get_bn_param");
  const NumberOwner scalar{read};
  require(BN_bn2binpad(scalar.get(), bytes.data(), static_cast<int>(bytes.size())) > 0, "BN_bn2binpad");
  TRY(made, Es256PrivateKey::from_scalar(secret));
  return made;
}

Result<PemPublicKey> public_key_of_pem(BytesView pem) {
  const QuietErrors quiet;
  TRY(source, source_of(pem));
  const KeyOwner key{PEM_read_bio_PUBKEY(source.get(), nullptr, no_passphrase, nullptr)};
  if (key == nullptr) return fail(Errc::malformed, "PEM: no public key");
  if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519) {
    Bytes bytes(32);
    auto size = bytes.size();
    require(EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &size) == 1 && size == bytes.size(),
            "EVP_PKEY_get_raw_public_key");
    return PemPublicKey{.is_es256 = false, .bytes = std::move(bytes)};
  }
  if (!is_on_p256(key.get())) return other_kind();
  // The point as the file has it, compressed or not.
  std::array<unsigned char, 65> point{};
  std::size_t size = 0;
  require(EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) == 1,
          "EVP_PKEY_get_octet_string_param");
  return PemPublicKey{.is_es256 = true, .bytes = to_bytes(BytesView{point}.first(size))};
}

}  // namespace lindung::crypto
