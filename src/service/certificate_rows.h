// Certificates of a citizen as they are stored: under the citizen's key, from before they are signed, so that one that
// was interrupted is finished and not made twice; and the second ways to them, by identifier and by key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/dcc_revocations.h"
#include "cert/verdict.h"
#include "crypto/ecdsa.h"
#include "domain/record.h"
#include "service/person_rows.h"
#include "store/database.h"

namespace lindung::service {

using CertificateId = Id<struct CertificateIdTag, ByteArray<16>>;  // random

// The numbers stand in stored rows.
enum class CertificateState : std::uint8_t {
  pending = 1,   // its signature is logged, and not yet here
  issued = 2,    //
  revoked = 3,   // taken back by itself
  replaced = 4,  // its key was taken back, and another certificate took its place
};
[[nodiscard]] std::string_view name_of(CertificateState state) noexcept;

// Privacy: personal data; stored sealed only.
struct KeptCertificate {
  CertificateId id;
  CertificateState state{CertificateState::pending};
  domain::RecordId record;
  std::string name;  // UVCI or rid
  Bytes kid;
  Moment issued;
  Moment expires;
  std::uint64_t log_index{};
  cert::UnsignedCertificate content;
  std::optional<crypto::Es256Signature> signature;
  std::optional<CertificateId> replaces;

  // Empty while it is pending.
  [[nodiscard]] std::string text() const;
};

// What a certificate is found and revoked by: the first half of SHA-256 of its identifier, as the EU revokes UVCIs.
[[nodiscard]] cert::ShortHash name_hash(std::string_view name);

// Writes the row, anew or in place of what stood there.
[[nodiscard]] Result<void> put_certificate(store::Transaction& transaction, const OpenPerson& person,
                                           const KeptCertificate& certificate);
// Makes it findable by its identifier and by its key, and its signature by its digest.
[[nodiscard]] Result<void> register_certificate(store::Transaction& transaction, const CitizenRef& citizen,
                                                const KeptCertificate& certificate, const Hash& digest);
// It does not count any more for who re-issues what a key signed.
[[nodiscard]] Result<void> forget_key(store::Transaction& transaction, const CitizenRef& citizen,
                                      const CertificateId& id, BytesView kid);
// In the order in which they were logged. Errors: corrupt.
[[nodiscard]] Result<std::vector<KeptCertificate>> read_certificates(store::Transaction& transaction,
                                                                     const OpenPerson& person);
// Errors: not_found.
[[nodiscard]] Result<KeptCertificate> read_certificate(store::Transaction& transaction, const OpenPerson& person,
                                                       const CertificateId& id);

struct NamedCertificate {
  CitizenRef citizen;
  CertificateId id;
  cert::Format format{};
  Bytes kid;
  Moment expires;
};
// Errors: not_found.
[[nodiscard]] Result<NamedCertificate> find_named(store::Transaction& transaction, std::string_view name);

}  // namespace lindung::service
