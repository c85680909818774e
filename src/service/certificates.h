// Issues certificates of a citizen's records.
//
// Invariants
// 1. What is signed is in the log, durably, before the key signs it: an entry "certificate.signed" with the digests of
//    the signer's key and of the bytes that are signed. A signature that is not there was made by a stolen key.
// 2. An interrupted issue is finished by the next one of the same record and form: same identifier, one certificate.
// 3. The same record in the same form is one certificate, until it expires or it or its key is taken back.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "cert/verdict.h"
#include "domain/record.h"
#include "service/certificate_rows.h"
#include "service/platform.h"
#include "service/signers.h"

namespace lindung::service {

inline constexpr std::string_view certificate_signed = "certificate.signed";  // action of the log's entry

struct CertificateWish {
  CitizenRef citizen;
  cert::Format format{cert::Format::hc1};    // or a health card
  std::optional<domain::RecordId> record{};  // none: the newest that this form can tell of
};

// Errors: not_found for citizen or record; unsupported for what no certificate tells of; conflict without an authority,
// or for a person without a name.
[[nodiscard]] Result<KeptCertificate> issue_certificate(const Platform& platform, const CertificateWish& wish);

// The two halves of it. What prepare gives is durable and logged, and signed by nobody; or it is issued already.
struct PreparedCertificate {
  KeptCertificate certificate;
  KeptSigner signer;
};
// Errors: as above; denied when the signer was taken back meanwhile.
[[nodiscard]] Result<PreparedCertificate> prepare_certificate(const Platform& platform, const CertificateWish& wish);
// Errors: denied when its key has gone meanwhile: prepare it again.
[[nodiscard]] Result<KeptCertificate> sign_certificate(const Platform& platform, const CitizenRef& citizen,
                                                       const PreparedCertificate& prepared);

struct CertificatesOf {
  std::vector<domain::Record> records;  // oldest first, each by its number from 1
  std::vector<KeptCertificate> certificates;
};
[[nodiscard]] Result<CertificatesOf> list_certificates(const Platform& platform, const CitizenRef& citizen);
// By UVCI or rid. Errors: not_found.
[[nodiscard]] Result<KeptCertificate> find_certificate(const Platform& platform, std::string_view name);

}  // namespace lindung::service
