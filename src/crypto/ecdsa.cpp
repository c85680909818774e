// ES256 through OpenSSL. The message is hashed by us and a key keeps its contexts, so that a call fetches nothing (a
// new context per call costs a sixth of a verification).
#include "crypto/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/ecdsa_key.h"
#include "crypto/library.h"
#include "crypto/random.h"

namespace lindung::crypto {
namespace {

constexpr std::size_t scalar_size = 32;
constexpr std::size_t compressed_size = 1 + scalar_size;
constexpr std::size_t uncompressed_size = 1 + (2 * scalar_size);
constexpr std::size_t longest_der = 72;  // SEQUENCE of two INTEGERs of 33 bytes

using Point = ByteArray<uncompressed_size>;
using NumberOwner = std::unique_ptr<BIGNUM, Released<BN_clear_free>>;
using GroupOwner = std::unique_ptr<EC_GROUP, Released<EC_GROUP_free>>;
using PointOwner = std::unique_ptr<EC_POINT, Released<EC_POINT_clear_free>>;
using SignatureOwner = std::unique_ptr<ECDSA_SIG, Released<ECDSA_SIG_free>>;

// A key from a point (SEC 1 section 2.3.3) and, if there is one, its scalar; null if OpenSSL does not take them.
[[nodiscard]] KeyOwner make_key(BytesView point, const BIGNUM* scalar) {
  std::string group{SN_X9_62_prime256v1};
  auto encoded = to_bytes(point);
  Secret<scalar_size> native;
  std::array<OSSL_PARAM, 4> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
      OSSL_PARAM_construct_end(),
      OSSL_PARAM_construct_end(),
  };
  int selection = EVP_PKEY_PUBLIC_KEY;
  if (scalar != nullptr) {
    require(BN_bn2nativepad(scalar, native.mutable_view().data(), scalar_size) == scalar_size, "BN_bn2nativepad");
    parameters[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native.mutable_view().data(), scalar_size);
    selection = EVP_PKEY_KEYPAIR;
  }
  const KeyContextOwner context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
  require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_CTX_new_from_name(EC)");
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.data()) != 1) return nullptr;
  return KeyOwner{key};
}

[[nodiscard]] bool verifies_digest(EcdsaKey& key, BytesView der, const Hash& digest) {
  const QuietErrors quiet;
  return key.verifying().with([&](EVP_PKEY_CTX* context) {
    return EVP_PKEY_verify(context, der.data(), der.size(), digest.data(), digest.size()) == 1;
  });
}

}  // namespace

Result<Es256PublicKey> Es256PublicKey::from_point(BytesView sec1) {
  constexpr std::uint8_t even = 2;
  constexpr std::uint8_t odd = 3;
  constexpr std::uint8_t uncompressed = 4;
  const bool shaped = (sec1.size() == compressed_size && (sec1[0] == even || sec1[0] == odd)) ||
                      (sec1.size() == uncompressed_size && sec1[0] == uncompressed);
  if (!shaped) return fail(Errc::invalid_argument, "neither a compressed nor an uncompressed point");
  const QuietErrors quiet;
  auto key = make_key(sec1, nullptr);
  if (key == nullptr) return fail(Errc::invalid_argument, "not a point on P-256");
  return Es256PublicKey{std::make_shared<EcdsaKey>(std::move(key))};
}

bool Es256PublicKey::verifies_der(BytesView message, BytesView der_signature) const noexcept {
  // OpenSSL encodes again what it has read and compares, so that there is one spelling only.
  return verifies_digest(*key_, der_signature, sha256(message));
}

bool Es256PublicKey::verifies(BytesView message, const Es256Signature& signature) const noexcept {
  const BytesView bytes{signature};
  NumberOwner r{BN_bin2bn(bytes.data(), scalar_size, nullptr)};
  NumberOwner s{BN_bin2bn(bytes.last(scalar_size).data(), scalar_size, nullptr)};
  const SignatureOwner pair{ECDSA_SIG_new()};
  require(r && s && pair, "ECDSA_SIG_new");
  require(ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1, "ECDSA_SIG_set0");  // which takes both over
  ByteArray<longest_der> der;
  auto* end = der.data();
  const int size = i2d_ECDSA_SIG(pair.get(), &end);
  require(size > 0, "i2d_ECDSA_SIG");
  return verifies_digest(*key_, BytesView{der}.first(static_cast<std::size_t>(size)), sha256(message));
}

Result<Es256PrivateKey> Es256PrivateKey::generate() {
  // One draw in 2^32 lies outside the order (FIPS 186-5 appendix A.2.2: by rejection).
  for (;;) {
    auto key = from_scalar(random_secret<scalar_size>());
    if (key) return key;
  }
}

Result<Es256PrivateKey> Es256PrivateKey::from_scalar(const Secret<32>& scalar) {
  const NumberOwner number{BN_bin2bn(scalar.view().data(), scalar_size, nullptr)};
  const GroupOwner group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  require(number && group, "EC_GROUP_new_by_curve_name");
  if (BN_is_zero(number.get()) == 1 || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return fail(Errc::invalid_argument, "scalar is zero or not below the order");
  }
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  const PointOwner point{EC_POINT_new(group.get())};
  require(point && EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1,
          "EC_POINT_mul");
  Point encoded;
  require(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(), encoded.size(),
                             nullptr) == encoded.size(),
          "EC_POINT_point2oct");
  auto key = make_key(encoded, number.get());
  require(key != nullptr, "EVP_PKEY_fromdata");
  return Es256PrivateKey{std::make_shared<EcdsaKey>(std::move(key)), encoded};
}

Result<Es256Signature> Es256PrivateKey::sign(BytesView message) const {
  const auto digest = sha256(message);
  ByteArray<longest_der> der;
  auto size = der.size();
  const bool done = key_->signing().with([&](EVP_PKEY_CTX* context) {
    return EVP_PKEY_sign(context, der.data(), &size, digest.data(), digest.size()) == 1;
  });
  if (!done) return fail(Errc::unavailable, "OpenSSL did not sign");
  const auto* at = der.data();
  const SignatureOwner pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size))};
  require(pair != nullptr, "d2i_ECDSA_SIG");
  Es256Signature signature;
  const MutableBytes out{signature};
  require(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), scalar_size) == scalar_size, "BN_bn2binpad");
  require(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.last(scalar_size).data(), scalar_size) == scalar_size,
          "BN_bn2binpad");
  return signature;
}

Es256PublicKey Es256PrivateKey::public_key() const {
  const QuietErrors quiet;
  auto key = make_key(point_, nullptr);
  require(key != nullptr, "EVP_PKEY_fromdata");
  return Es256PublicKey{std::make_shared<EcdsaKey>(std::move(key))};
}

Bytes Es256PrivateKey::public_point() const { return to_bytes(point_); }

}  // namespace lindung::crypto
