// An authority with one document signer, and facts that they certify, for tests of what we issue.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/signer.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "crypto/x509_certificate.h"
#include "crypto/x509_issue.h"
#include "domain/record.h"

namespace lindung::cert::testing {

inline const Moment issuing_day = moment_of(1'795'262'400);  // 2026-11-21T12:00:00Z

class TestIssuer {
 public:
  [[nodiscard]] const crypto::KeySigner& key() const noexcept { return key_; }
  [[nodiscard]] const crypto::X509Certificate& certificate() const noexcept { return signer_; }
  [[nodiscard]] Bytes kid() const { return to_bytes(BytesView{signer_.fingerprint()}.first(kid_size)); }
  [[nodiscard]] TrustStore trust() const {
    TrustStore trust;
    trust.add_list({});
    TrustReader reader{trust};
    reader.add_certificate(signer_, 0);
    return trust;
  }

 private:
  crypto::KeySigner authority_key_{crypto::Es256PrivateKey::generate().value()};
  crypto::KeySigner key_{crypto::Es256PrivateKey::generate().value()};
  crypto::X509Certificate authority_ =
      crypto::issue_authority(authority_key_, {.country = "ID", .organisation = "Kemenkes", .common_name = "CSCA"},
                              {.from = issuing_day, .until = issuing_day + std::chrono::days{3650}})
          .value();
  crypto::X509Certificate signer_ =
      crypto::issue_signer(
          authority_key_, authority_,
          {.names = {.country = "ID", .organisation = "Kemenkes", .common_name = "31 2026-W47"},
           .public_point = key_.public_point(),
           .valid = {.from = issuing_day, .until = issuing_day + std::chrono::days{400}},
           .key_use = {.from = issuing_day, .until = issuing_day + std::chrono::days{7}},
           .usages = {"1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.1847.2021.1.2", "1.3.6.1.4.1.1847.2021.1.3"}})
          .value();
};

inline domain::Record record_of(domain::Fact fact, std::uint8_t number = 1) {
  return {.id = domain::RecordId{{number}},
          .issuer = IssuerId{"klinik"},
          .batch = {},
          .entered_at = issuing_day,
          .fact = std::move(fact)};
}

inline domain::Vaccination dose_of(std::string vaccine, std::string series, std::uint32_t number = 0,
                                   Moment at = issuing_day - std::chrono::days{30}) {
  return {.at = at, .vaccine = std::move(vaccine), .series = std::move(series), .dose = number, .lot = "L1"};
}

inline CertificateDraft draft_of(Statement statement, Format format = Format::hc1) {
  const ByteArray<16> random{1, 2, 3};
  CertificateDraft out{.holder = {.name = "Siti Nur'aini Łukasz-Ötürk", .birth_date = "1990-03-21"},
                       .statement = std::move(statement),
                       .country = "ID",
                       .authority = "Kementerian Kesehatan",
                       .address = "https://cards.example/id",
                       .issued = issuing_day,
                       .expires = {},
                       .identifier = format == Format::hc1 ? make_uvci("ID", random) : make_rid(random)};
  out.expires = valid_until(out.statement, out.issued);
  return out;
}

}  // namespace lindung::cert::testing
