#include "crypto/x509_certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/safestack.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/library.h"

namespace lindung::crypto {
namespace {

using CertificateOwner = std::unique_ptr<X509, Released<X509_free>>;
using BioOwner = std::unique_ptr<BIO, Released<BIO_free>>;
using UsageOwner = std::unique_ptr<EXTENDED_KEY_USAGE, Released<EXTENDED_KEY_USAGE_free>>;
using NamesOwner = std::unique_ptr<GENERAL_NAMES, Released<GENERAL_NAMES_free>>;

// Times before the epoch or that cannot be read are the earliest one: such a certificate is valid never.
Moment moment_of_asn1(const ASN1_TIME* time) {
  std::tm broken{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &broken) != 1) return Moment{};
  const std::chrono::year_month_day date{std::chrono::year{broken.tm_year + 1900},
                                         std::chrono::month{static_cast<unsigned>(broken.tm_mon + 1)},
                                         std::chrono::day{static_cast<unsigned>(broken.tm_mday)}};
  return Moment{std::chrono::sys_days{date}} + std::chrono::hours{broken.tm_hour} +
         std::chrono::minutes{broken.tm_min} + std::chrono::seconds{broken.tm_sec};
}

Bytes der_of(X509* certificate) {
  unsigned char* out = nullptr;
  const int size = i2d_X509(certificate, &out);
  require(size > 0, "i2d_X509");
  Bytes der{out, out + size};
  OPENSSL_free(out);
  return der;
}

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return size > 0 && static_cast<std::size_t>(size) < text.size() ? std::string{text.data()} : std::string{};
}

}  // namespace

class X509Parts {
 public:
  explicit X509Parts(CertificateOwner certificate)
      : certificate_{std::move(certificate)}, der_{der_of(certificate_.get())}, fingerprint_{sha256(der_)} {}
  // OpenSSL takes certificates that it only reads as mutable: it fills a cache in them, under a lock.
  [[nodiscard]] X509* native() const noexcept { return certificate_.get(); }
  [[nodiscard]] const Bytes& der() const noexcept { return der_; }
  [[nodiscard]] const Hash& fingerprint() const noexcept { return fingerprint_; }

 private:
  CertificateOwner certificate_;
  Bytes der_;
  Hash fingerprint_;
};

Result<X509Certificate> X509Certificate::from_der(BytesView der) {
  const QuietErrors quiet;
  if (der.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return fail(Errc::malformed, "too long");
  const auto* at = der.data();
  CertificateOwner certificate{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
  if (certificate == nullptr || at != der.data() + der.size()) return fail(Errc::malformed, "not an X.509 certificate");
  return X509Certificate{std::make_shared<const X509Parts>(std::move(certificate))};
}

Result<std::vector<X509Certificate>> X509Certificate::from_pem(BytesView pem) {
  const QuietErrors quiet;
  if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return fail(Errc::malformed, "too long");
  const BioOwner source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  require(source != nullptr, "BIO_new_mem_buf");
  std::vector<X509Certificate> out;
  for (;;) {
    CertificateOwner certificate{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)};
    if (certificate == nullptr) break;
    out.push_back(X509Certificate{std::make_shared<const X509Parts>(std::move(certificate))});
  }
  const auto why = ERR_peek_last_error();
  if (out.empty() || ERR_GET_REASON(why) != PEM_R_NO_START_LINE)
    return fail(Errc::malformed, "not PEM of certificates");
  return out;
}

Hash X509Certificate::fingerprint() const noexcept { return parts_->fingerprint(); }
const Bytes& X509Certificate::der() const noexcept { return parts_->der(); }
Moment X509Certificate::not_before() const noexcept { return moment_of_asn1(X509_get0_notBefore(parts_->native())); }
Moment X509Certificate::not_after() const noexcept { return moment_of_asn1(X509_get0_notAfter(parts_->native())); }

std::optional<std::string> X509Certificate::country() const {
  const auto* subject = X509_get_subject_name(parts_->native());
  const int at = X509_NAME_get_index_by_NID(subject, NID_countryName, -1);
  if (at < 0) return std::nullopt;
  const auto* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  const auto* text = ASN1_STRING_get0_data(value);
  const auto size = ASN1_STRING_length(value);
  if (text == nullptr || size <= 0) return std::nullopt;
  std::string out{as_text({text, static_cast<std::size_t>(size)})};
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::vector<std::string> X509Certificate::extended_key_usage() const {
  const QuietErrors quiet;
  const UsageOwner usage{
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(parts_->native(), NID_ext_key_usage, nullptr, nullptr))};
  std::vector<std::string> out;
  if (usage == nullptr) return out;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usage.get()); ++i) {
    out.push_back(dotted(sk_ASN1_OBJECT_value(usage.get(), i)));
  }
  return out;
}

std::vector<std::string> X509Certificate::alternative_uris() const {
  const QuietErrors quiet;
  const NamesOwner names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(parts_->native(), NID_subject_alt_name, nullptr, nullptr))};
  std::vector<std::string> out;
  if (names == nullptr) return out;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const auto* uri = name->d.uniformResourceIdentifier;
    out.emplace_back(as_text({ASN1_STRING_get0_data(uri), static_cast<std::size_t>(ASN1_STRING_length(uri))}));
  }
  return out;
}

bool X509Certificate::is_authority() const noexcept {
  const QuietErrors quiet;
  return X509_check_ca(parts_->native()) > 0;
}

Result<CertificateKey> X509Certificate::key() const {
  const QuietErrors quiet;
  auto* spki = X509_get_X509_PUBKEY(parts_->native());
  unsigned char* out = nullptr;
  const int size = i2d_X509_PUBKEY(spki, &out);
  if (size <= 0) return fail(Errc::unsupported_key, "a certificate without a key");
  const Bytes der{out, out + size};
  OPENSSL_free(out);
  return CertificateKey::from_spki(der);
}

bool X509Certificate::is_signed_by(const X509Certificate& issuer) const noexcept {
  const QuietErrors quiet;
  // Names in another spelling of the same text fit as well (RFC 5280 section 7.1): OpenSSL compares their normal forms.
  if (X509_NAME_cmp(X509_get_issuer_name(parts_->native()), X509_get_subject_name(issuer.parts_->native())) != 0) {
    return false;
  }
  const auto* wanted = X509_get0_authority_key_id(parts_->native());
  const auto* own = X509_get0_subject_key_id(issuer.parts_->native());
  if (wanted != nullptr && own != nullptr && ASN1_OCTET_STRING_cmp(wanted, own) != 0) return false;
  auto* key = X509_get0_pubkey(issuer.parts_->native());
  return key != nullptr && X509_verify(parts_->native(), key) == 1;
}

}  // namespace lindung::crypto
