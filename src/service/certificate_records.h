// A certificate of another country becomes records of the citizen who holds it, and so a colour: verified, held against
// who the citizen is, written with its provenance, undone like any import.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "cert/trust_store.h"
#include "domain/record.h"
#include "service/partners.h"
#include "service/platform.h"

namespace lindung::service {

// Why a valid certificate is not taken in. The names stand in docs/reasons.md.
namespace holder_reason {
inline constexpr const char* name = "holder-name";
inline constexpr const char* birth_date = "holder-birth-date";
inline constexpr const char* part_of_birth_date = "holder-birth-date-part";
inline constexpr const char* content = "content";
inline constexpr const char* other_citizen = "other-citizen";
}  // namespace holder_reason

struct PresentedCertificate {
  CitizenRef citizen;
  std::string text;
  // The officer has seen a document that shows the whole birth date, of which the certificate has a part.
  bool is_confirmed_by_document{};
};

struct CertificateReceipt {
  IssuerId issuer;        // "certificate.de": what `batch` and `why` call it
  std::string import_id;  // that tells this certificate from all others and nobody else's anything
  KeyId key;              // of the signer
  std::vector<domain::RecordKind> records;
  std::uint64_t log_index{};
  bool is_repeated{};  // it was taken in before; nothing was done
};

// Records, timelines, receipt and entry in the log are one unit. The same certificate again, by its identifier or, for
// those that have none, by what was signed, changes nothing.
// Errors: denied, with the reason of the verification ("revoked: …") or one of the above, and then nothing is kept;
// conflict when it was taken in and undone; not_found.
[[nodiscard]] Result<CertificateReceipt> take_certificate(const Platform& platform, const cert::TrustStore& trust,
                                                          const PresentedCertificate& presented,
                                                          const CommandDigest& command = {});

}  // namespace lindung::service
