#include "cert/signer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/country.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {
namespace {

constexpr std::string_view usage_roots[]{"1.3.6.1.4.1.1847.2021.1.",
                                         "1.3.6.1.4.1.0.1847.2021.1."};  // NOLINT(*-c-arrays)

KeyUsage usage_of(const crypto::X509Certificate& certificate) {
  KeyUsage out;
  for (const std::string_view oid : certificate.extended_key_usage()) {
    for (const auto root : usage_roots) {
      if (oid.size() != root.size() + 1 || !oid.starts_with(root)) continue;
      out.test = out.test || oid.back() == '1';
      out.vaccination = out.vaccination || oid.back() == '2';
      out.recovery = out.recovery || oid.back() == '3';
    }
  }
  return out;
}

}  // namespace

bool Signer::is_of(std::string_view country) const {
  return countries.empty() || std::ranges::find(countries, country) != countries.end();
}

Result<Signer> signer_of(const crypto::X509Certificate& certificate) {
  TRY(key, certificate.key());
  Signer out{.key = std::move(key),
             .kid = to_bytes(BytesView{certificate.fingerprint()}.first(kid_size)),
             .countries = {},
             .usage = usage_of(certificate),
             .not_before = certificate.not_before(),
             .not_after = certificate.not_after()};
  if (const auto country = certificate.country()) out.countries.push_back(country_of(*country));
  return out;
}

}  // namespace lindung::cert
