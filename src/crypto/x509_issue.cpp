#include "crypto/x509_issue.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate_key.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "crypto/library.h"
#include "crypto/random.h"
#include "crypto/x509_certificate.h"

namespace lindung::crypto {
namespace {

using CertificateOwner = std::unique_ptr<X509, Released<X509_free>>;
using NumberOwner = std::unique_ptr<BIGNUM, Released<BN_free>>;
using ExtensionOwner = std::unique_ptr<X509_EXTENSION, Released<X509_EXTENSION_free>>;
using SignatureOwner = std::unique_ptr<ECDSA_SIG, Released<ECDSA_SIG_free>>;
using UsePeriodOwner = std::unique_ptr<PKEY_USAGE_PERIOD, Released<PKEY_USAGE_PERIOD_free>>;

constexpr std::size_t point_size = 65;
constexpr std::size_t coordinate_size = 32;
constexpr std::size_t longest_name = 64;  // RFC 5280 appendix A.1: ub-organization-name, ub-common-name
constexpr std::size_t serial_size = 16;
constexpr long version_3 = 2;

std::time_t as_time(Moment at) { return static_cast<std::time_t>(at.time_since_epoch().count()); }

Result<void> check_names(const CertificateNames& names) {
  const bool is_country =
      names.country.size() == 2 && std::ranges::all_of(names.country, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_country) return fail(Errc::invalid_argument, "country: two capital letters are needed");
  const auto is_name = [](const std::string& name) { return !name.empty() && name.size() <= longest_name; };
  if (!is_name(names.organisation) || !is_name(names.common_name)) {
    return fail(Errc::invalid_argument, "a name of 1 to 64 bytes is needed");
  }
  return ok();
}

bool put_name(X509_NAME* name, const char* field, int type, const std::string& value) {
  const auto text = as_bytes(value);
  return X509_NAME_add_entry_by_txt(name, field, type, text.data(), static_cast<int>(text.size()), -1, 0) == 1;
}

Result<void> put_names(X509_NAME* name, const CertificateNames& names) {
  if (!put_name(name, "C", MBSTRING_ASC, names.country) || !put_name(name, "O", MBSTRING_UTF8, names.organisation) ||
      !put_name(name, "CN", MBSTRING_UTF8, names.common_name)) {
    return fail(Errc::invalid_argument, "a name that no certificate holds");
  }
  return ok();
}

Result<void> put_key(X509* certificate, BytesView point) {
  if (point.size() != point_size) return fail(Errc::unsupported_key, "not an uncompressed point");
  TRY(key,
      CertificateKey::from_coordinates(KeyKind::p256, point.subspan(1, coordinate_size), point.last(coordinate_size)));
  const auto* at = key.spki().data();
  const KeyOwner native{d2i_PUBKEY(nullptr, &at, static_cast<long>(key.spki().size()))};
  require(native != nullptr && X509_set_pubkey(certificate, native.get()) == 1, "X509_set_pubkey");
  return ok();
}

// Unpredictable and positive (RFC 5280 section 4.1.2.2).
void put_serial(X509* certificate) {
  auto bytes = random_bytes<serial_size>();
  bytes.front() = static_cast<std::uint8_t>((bytes.front() & 0x3FU) | 0x40U);
  const NumberOwner number{BN_bin2bn(bytes.data(), serial_size, nullptr)};
  require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "serial");
}

void put_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionOwner extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "X509V3_EXT_conf_nid");
}

void put_use_period(X509* certificate, const Period& period) {
  const UsePeriodOwner use{PKEY_USAGE_PERIOD_new()};
  require(use != nullptr, "PKEY_USAGE_PERIOD_new");
  use->notBefore = ASN1_GENERALIZEDTIME_set(nullptr, as_time(period.from));
  use->notAfter = ASN1_GENERALIZEDTIME_set(nullptr, as_time(period.until));
  require(use->notBefore != nullptr && use->notAfter != nullptr, "ASN1_GENERALIZEDTIME_set");
  require(X509_add1_ext_i2d(certificate, NID_private_key_usage_period, use.get(), 0, X509V3_ADD_DEFAULT) == 1,
          "X509_add1_ext_i2d");
}

Result<CertificateOwner> begin(const CertificateNames& names, BytesView point, const Period& valid) {
  TRYV(check_names(names));
  CertificateOwner certificate{X509_new()};
  require(certificate && X509_set_version(certificate.get(), version_3) == 1, "X509_new");
  put_serial(certificate.get());
  TRYV(put_names(X509_get_subject_name(certificate.get()), names));
  TRYV(put_key(certificate.get(), point));
  const bool dated = ASN1_TIME_set(X509_getm_notBefore(certificate.get()), as_time(valid.from)) != nullptr &&
                     ASN1_TIME_set(X509_getm_notAfter(certificate.get()), as_time(valid.until)) != nullptr;
  if (!dated || valid.until <= valid.from) return fail(Errc::invalid_argument, "a validity without length");
  return certificate;
}

Bytes der_of(const Es256Signature& signature) {
  const BytesView bytes{signature};
  NumberOwner r{BN_bin2bn(bytes.data(), coordinate_size, nullptr)};
  NumberOwner s{BN_bin2bn(bytes.last(coordinate_size).data(), coordinate_size, nullptr)};
  const SignatureOwner pair{ECDSA_SIG_new()};
  require(r && s && pair, "ECDSA_SIG_new");
  require(ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1, "ECDSA_SIG_set0");  // which takes both over
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &out);
  require(size > 0, "i2d_ECDSA_SIG");
  Bytes der{out, out + size};
  OPENSSL_free(out);
  return der;
}

// OpenSSL signs certificates with keys of its own alone: the algorithm and the signature of anybody else's are put
// where it keeps them, which it gives out for reading.
void name_algorithm(const X509_ALGOR* place) {
  auto* algorithm = const_cast<X509_ALGOR*>(place);  // NOLINT(cppcoreguidelines-pro-type-const-cast): no setter
  require(X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, nullptr) == 1,
          "X509_ALGOR_set0");
}

Result<X509Certificate> finish(const CertificateOwner& certificate, const Es256Signer& key) {
  const ASN1_BIT_STRING* signature = nullptr;
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(&signature, &algorithm, certificate.get());
  name_algorithm(algorithm);
  name_algorithm(X509_get0_tbs_sigalg(certificate.get()));
  unsigned char* out = nullptr;
  const int size = i2d_re_X509_tbs(certificate.get(), &out);
  require(size > 0, "i2d_re_X509_tbs");
  const Bytes to_sign{out, out + size};
  OPENSSL_free(out);
  TRY(made, key.sign(to_sign));
  const auto der = der_of(made);
  auto* place = const_cast<ASN1_BIT_STRING*>(signature);  // NOLINT(cppcoreguidelines-pro-type-const-cast): no setter
  require(ASN1_BIT_STRING_set(place, const_cast<unsigned char*>(der.data()),  // NOLINT(*-const-cast): it copies
                              static_cast<int>(der.size())) == 1,
          "ASN1_BIT_STRING_set");
  place->flags = (place->flags & ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07)) | ASN1_STRING_FLAG_BITS_LEFT;  // whole bytes
  unsigned char* whole = nullptr;
  const int whole_size = i2d_X509(certificate.get(), &whole);
  require(whole_size > 0, "i2d_X509");
  const Bytes bytes{whole, whole + whole_size};
  OPENSSL_free(whole);
  return X509Certificate::from_der(bytes);
}

CertificateOwner native_of(const X509Certificate& certificate) {
  const auto* at = certificate.der().data();
  CertificateOwner native{d2i_X509(nullptr, &at, static_cast<long>(certificate.der().size()))};
  require(native != nullptr, "d2i_X509");
  return native;
}

}  // namespace

Result<X509Certificate> issue_authority(const Es256Signer& key, const CertificateNames& names, const Period& valid) {
  const QuietErrors quiet;
  TRY(certificate, begin(names, key.public_point(), valid));
  auto* native = certificate.get();
  require(X509_set_issuer_name(native, X509_get_subject_name(native)) == 1, "X509_set_issuer_name");
  put_extension(native, native, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  put_extension(native, native, NID_key_usage, "critical,keyCertSign,cRLSign");
  put_extension(native, native, NID_subject_key_identifier, "hash");
  return finish(certificate, key);
}

Result<X509Certificate> issue_signer(const Es256Signer& authority_key, const X509Certificate& authority,
                                     const SignerDraft& draft) {
  const QuietErrors quiet;
  TRY(certificate, begin(draft.names, draft.public_point, draft.valid));
  const auto issuer = native_of(authority);
  auto* native = certificate.get();
  require(X509_set_issuer_name(native, X509_get_subject_name(issuer.get())) == 1, "X509_set_issuer_name");
  put_extension(native, issuer.get(), NID_key_usage, "critical,digitalSignature");
  put_extension(native, issuer.get(), NID_subject_key_identifier, "hash");
  put_extension(native, issuer.get(), NID_authority_key_identifier, "keyid:always");
  put_use_period(native, draft.key_use);
  std::string usages;
  for (const auto& each : draft.usages) usages += (usages.empty() ? "" : ",") + each;
  if (!usages.empty()) put_extension(native, issuer.get(), NID_ext_key_usage, usages);
  return finish(certificate, authority_key);
}

}  // namespace lindung::crypto
