// ES256 is ECDSA with SHA-256 on either curve (RFC 9053 section 2.1 binds the hash alone); PS256 has salt and mask of
// SHA-256 (RFC 8230 section 2).
#include "crypto/certificate_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ecdsa_key.h"
#include "crypto/library.h"
#include "crypto/p256_table.h"

namespace lindung::crypto {
namespace {

constexpr int least_rsa_bits = 2048;  // RFC 8230 section 2
constexpr int most_rsa_bits = 8192;
constexpr int sha256_size = 32;
constexpr std::size_t longest_coordinate = 48;

using NumberOwner = std::unique_ptr<BIGNUM, Released<BN_free>>;
using BuilderOwner = std::unique_ptr<OSSL_PARAM_BLD, Released<OSSL_PARAM_BLD_free>>;
using ParametersOwner = std::unique_ptr<OSSL_PARAM, Released<OSSL_PARAM_free>>;

int prepare_pss(EVP_PKEY_CTX* context) {
  const bool ready = EVP_PKEY_verify_init(context) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
                     EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(context, sha256_size) == 1;
  return ready ? 1 : 0;
}

std::optional<KeyKind> kind_of(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < least_rsa_bits || bits > most_rsa_bits) return std::nullopt;
    return KeyKind::rsa;
  }
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return std::nullopt;
  std::array<char, 64> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &size) != 1) {
    return std::nullopt;
  }
  const std::string_view name{group.data(), size};
  if (name == SN_X9_62_prime256v1) return KeyKind::p256;
  if (name == SN_secp384r1) return KeyKind::p384;
  return std::nullopt;
}

std::size_t coordinate_size(KeyKind kind) { return kind == KeyKind::p256 ? 32 : longest_coordinate; }

// An INTEGER of a DER signature (X.690 section 8.3): no leading zeros but one before a set sign bit.
std::uint8_t* put_integer(std::uint8_t* out, BytesView number) {
  while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
  const bool sign = (number[0] & 0x80U) != 0;
  *out++ = 0x02;
  *out++ = static_cast<std::uint8_t>(number.size() + (sign ? 1 : 0));
  if (sign) *out++ = 0;
  return std::ranges::copy(number, out).out;
}

Result<Bytes> normalised(BytesView coordinate, std::size_t size) {
  while (coordinate.size() > size && coordinate[0] == 0) coordinate = coordinate.subspan(1);
  if (coordinate.empty() || coordinate.size() > size)
    return fail(Errc::unsupported_key, "a coordinate of another length");
  Bytes out(size - coordinate.size());
  out.insert(out.end(), coordinate.begin(), coordinate.end());
  return out;
}

}  // namespace

class CertificateKeyParts {
 public:
  CertificateKeyParts(KeyOwner key, KeyKind kind, Bytes spki)
      : key_{std::move(key)},
        kind_{kind},
        spki_{std::move(spki)},
        verifying_{key_.get(), kind == KeyKind::rsa ? prepare_pss : EVP_PKEY_verify_init} {}
  [[nodiscard]] KeyKind kind() const noexcept { return kind_; }
  [[nodiscard]] const Bytes& spki() const noexcept { return spki_; }

  [[nodiscard]] bool verifies_native(const Hash& digest, BytesView signature) {
    const QuietErrors quiet;
    return verifying_.with([&](EVP_PKEY_CTX* context) {
      return EVP_PKEY_verify(context, signature.data(), signature.size(), digest.data(), digest.size()) == 1;
    });
  }

  // Null until the key has been worth it.
  [[nodiscard]] const P256Table* table() const noexcept { return ready_.load(std::memory_order_acquire); }

  // The thread that comes with the last verification before the table makes it; the others go on without.
  void count_verified() {
    if (kind_ != KeyKind::p256 ||
        verified_.fetch_add(1, std::memory_order_relaxed) + 1 != CertificateKey::verified_before_table)
      return;
    const auto x = coordinate(OSSL_PKEY_PARAM_EC_PUB_X);
    const auto y = coordinate(OSSL_PKEY_PARAM_EC_PUB_Y);
    table_ = P256Table::make(x, y);
    ready_.store(table_.get(), std::memory_order_release);
  }

 private:
  [[nodiscard]] ByteArray<32> coordinate(const char* name) const {
    BIGNUM* number = nullptr;
    ByteArray<32> out;
    require(EVP_PKEY_get_bn_param(key_.get(), name, &number) == 1, "EVP_PKEY_get_bn_param");
    const NumberOwner owner{number};
    require(BN_bn2binpad(number, out.data(), static_cast<int>(out.size())) == 32, "BN_bn2binpad");
    return out;
  }

  KeyOwner key_;
  KeyKind kind_;
  Bytes spki_;
  KeyContexts verifying_;
  std::atomic<std::uint32_t> verified_{0};
  std::unique_ptr<const P256Table> table_;
  std::atomic<const P256Table*> ready_{nullptr};
};

Result<CertificateKey> CertificateKey::from_native(void* evp_pkey) {
  KeyOwner key{static_cast<EVP_PKEY*>(evp_pkey)};
  if (key == nullptr) return fail(Errc::unsupported_key, "not a public key");
  const auto kind = kind_of(key.get());
  if (!kind) return fail(Errc::unsupported_key, "neither P-256, P-384 nor RSA of 2048 to 8192 bits");
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return fail(Errc::unsupported_key, "not a public key");
  Bytes spki{der, der + size};
  OPENSSL_free(der);
  return CertificateKey{std::make_shared<CertificateKeyParts>(std::move(key), *kind, std::move(spki))};
}

Result<CertificateKey> CertificateKey::from_coordinates(KeyKind curve, BytesView x, BytesView y) {
  if (curve == KeyKind::rsa) return fail(Errc::unsupported_key, "RSA has no coordinates");
  const QuietErrors quiet;
  TRY(x_bytes, normalised(x, coordinate_size(curve)));
  TRY(y_bytes, normalised(y, coordinate_size(curve)));
  std::string group{curve == KeyKind::p256 ? SN_X9_62_prime256v1 : SN_secp384r1};
  Bytes point{0x04};
  point.insert(point.end(), x_bytes.begin(), x_bytes.end());
  point.insert(point.end(), y_bytes.begin(), y_bytes.end());
  std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end(),
  };
  const KeyContextOwner context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
  require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_CTX_new_from_name(EC)");
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.data()) != 1) {
    return fail(Errc::unsupported_key, "not a point on the curve");
  }
  return from_native(key);
}

Result<CertificateKey> CertificateKey::from_modulus(BytesView modulus, BytesView exponent) {
  if (modulus.size() > most_rsa_bits / 8 + 1 || exponent.size() > sizeof(std::uint64_t)) {
    return fail(Errc::unsupported_key, "RSA above 8192 bits or with a long exponent");
  }
  const QuietErrors quiet;
  const NumberOwner n{BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr)};
  const NumberOwner e{BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr)};
  const BuilderOwner builder{OSSL_PARAM_BLD_new()};
  require(n && e && builder, "OSSL_PARAM_BLD_new");
  require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1,
          "OSSL_PARAM_BLD_push_BN");
  const ParametersOwner parameters{OSSL_PARAM_BLD_to_param(builder.get())};
  const KeyContextOwner context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
  require(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_CTX_new_from_name(RSA)");
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return fail(Errc::unsupported_key, "not an RSA key");
  }
  return from_native(key);
}

Result<CertificateKey> CertificateKey::from_spki(BytesView der) {
  const QuietErrors quiet;
  const auto* at = der.data();
  KeyOwner key{d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))};
  if (key == nullptr || at != der.data() + der.size()) return fail(Errc::unsupported_key, "not a public key");
  return from_native(key.release());
}

KeyKind CertificateKey::kind() const noexcept { return parts_->kind(); }
const Bytes& CertificateKey::spki() const noexcept { return parts_->spki(); }

bool CertificateKey::verifies(SignatureAlgorithm algorithm, BytesView message, BytesView signature) const noexcept {
  if ((algorithm == SignatureAlgorithm::ps256) != (kind() == KeyKind::rsa)) return false;
  if (kind() == KeyKind::rsa) return parts_->verifies_native(sha256(message), signature);
  const auto size = coordinate_size(kind());
  if (signature.size() != 2 * size) return false;
  const auto digest = sha256(message);
  if (const auto* table = parts_->table()) return table->verifies(digest, signature);
  constexpr std::size_t longest_integer = 3 + longest_coordinate;
  ByteArray<2 + (2 * longest_integer)> der;
  auto* end = put_integer(der.data() + 2, signature.first(size));
  end = put_integer(end, signature.last(size));
  der[0] = 0x30;
  der[1] = static_cast<std::uint8_t>(end - der.data() - 2);  // at most 102: the short form
  const bool holds = parts_->verifies_native(digest, {der.data(), static_cast<std::size_t>(end - der.data())});
  if (holds) parts_->count_verified();
  return holds;
}

}  // namespace lindung::crypto
