// X.509 certificates (RFC 5280) of those who sign health certificates and of their authorities, read strictly through
// OpenSSL. Not here: building chains, which health formats keep to one or two steps (`is_signed_by`).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate_key.h"

namespace lindung::crypto {

class X509Parts;

class X509Certificate {
 public:
  // Errors: malformed for anything but the DER of one certificate.
  [[nodiscard]] static Result<X509Certificate> from_der(BytesView der);
  // All certificates of a PEM text, in their order. Errors: malformed if there is none, or one is none.
  [[nodiscard]] static Result<std::vector<X509Certificate>> from_pem(BytesView pem);

  [[nodiscard]] Hash fingerprint() const noexcept;  // SHA-256 of the DER
  [[nodiscard]] const Bytes& der() const noexcept;
  [[nodiscard]] Moment not_before() const noexcept;
  [[nodiscard]] Moment not_after() const noexcept;
  [[nodiscard]] std::optional<std::string> country() const;  // C of the subject, upper case
  // Dotted, in their order; empty without the extension.
  [[nodiscard]] std::vector<std::string> extended_key_usage() const;
  [[nodiscard]] std::vector<std::string> alternative_uris() const;
  [[nodiscard]] bool is_authority() const noexcept;  // basicConstraints CA, or of version 1 and signed by itself
  // Errors: unsupported_key.
  [[nodiscard]] Result<CertificateKey> key() const;
  // The issuer's name and key identifier fit, and the signature holds. Not here: validity and usage.
  [[nodiscard]] bool is_signed_by(const X509Certificate& issuer) const noexcept;

 private:
  explicit X509Certificate(std::shared_ptr<const X509Parts> parts) : parts_{std::move(parts)} {}
  std::shared_ptr<const X509Parts> parts_;
};

}  // namespace lindung::crypto
