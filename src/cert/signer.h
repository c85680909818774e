// Somebody whose signature on a health certificate is believed, and for what.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate_key.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {

// The extended key usages of the EU's guidelines (eHealth Network, Guidelines on Technical Specifications volume 4).
struct KeyUsage {
  bool test{};
  bool vaccination{};
  bool recovery{};
  // A signer without any of the three may sign everything.
  [[nodiscard]] bool any() const noexcept { return !test && !vaccination && !recovery; }
};

struct Signer {
  crypto::CertificateKey key;
  Bytes kid;
  std::vector<std::string> countries;  // two letters where that is known; none: not bound to one
  KeyUsage usage;
  std::optional<Moment> not_before;
  std::optional<Moment> not_after;
  std::size_t list{};  // where it is from (TrustStore::list)

  [[nodiscard]] bool is_of(std::string_view country) const;  // two letters
};

// By the certificate: its kid is the beginning of its fingerprint, its country that of its subject.
// Errors: unsupported_key.
[[nodiscard]] Result<Signer> signer_of(const crypto::X509Certificate& certificate);

inline constexpr std::size_t kid_size = 8;

}  // namespace lindung::cert
