#include "service/reissue.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/certificate_rows.h"
#include "service/certificates.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/signers.h"
#include "store/database.h"

namespace lindung::service {

namespace {

Result<std::vector<ReissuePlace>> read_page(store::Transaction& transaction, BytesView kid,
                                            const std::optional<ReissuePlace>& behind, std::size_t at_most) {
  const auto from = behind.value_or(ReissuePlace{});  // nobody is all zeros
  std::vector<ReissuePlace> out;
  TRYV(transaction.run(
      store::Sql{"SELECT citizen_ref, certificate_id FROM certificate_of_key WHERE kid = $1 AND "
                 "(citizen_ref, certificate_id) > ($2, $3) ORDER BY citizen_ref, certificate_id LIMIT $4"},
      {kid, from.citizen.bytes(), from.certificate.bytes(), static_cast<std::int64_t>(at_most)},
      [&](const store::Row& row) {
        out.push_back(
            {.citizen = CitizenRef{take<16>(row.bytes(0))}, .certificate = CertificateId{take<16>(row.bytes(1))}});
      }));
  return out;
}

Result<std::uint64_t> count_left(const Platform& platform, BytesView kid) {
  std::uint64_t count = 0;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT COUNT(*) FROM certificate_of_key WHERE kid = $1"}, {kid},
                         [&](const store::Row& row) { count = static_cast<std::uint64_t>(row.integer(0)); }));
    return ok();
  }));
  return count;
}

Result<KeptCertificate> read(const Platform& platform, const ReissuePlace& place) {
  KeptCertificate out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, open_person(transaction, platform.ring, place.citizen));
    TRY(certificate, read_certificate(transaction, person, place.certificate));
    out = std::move(certificate);
    return ok();
  }));
  return out;
}

bool has_ended(Errc code) { return code == Errc::not_found || code == Errc::unsupported; }

// Whether another one took its place. Errors: not_found when there is nothing to certify any more.
Result<void> issue_again(const Platform& platform, const ReissuePlace& place) {
  TRY(old, read(platform, place));
  if (old.expires <= platform.clock.now()) return fail(Errc::not_found, "expired");
  TRYV(issue_certificate(platform, {.citizen = place.citizen, .format = old.content.format, .record = old.record}));
  return ok();
}

}  // namespace

Result<ReissuePage> reissue(const Platform& platform, BytesView kid, const std::optional<ReissuePlace>& behind,
                            std::size_t at_most) {
  std::vector<ReissuePlace> places;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(is_revoked, is_signer_revoked(transaction, kid));
    if (!is_revoked) return fail(Errc::conflict, "this key counts: take it back first (lindung pki revoke)");
    TRY(page, read_page(transaction, kid, behind, at_most));
    places = std::move(page);
    return ok();
  }));
  ReissuePage out;
  for (const auto& place : places) {
    const auto done = issue_again(platform, place);
    if (done.has_value()) {
      ++out.reissued;
      continue;
    }
    if (!has_ended(done.error().code)) return done.error();
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      return forget_key(transaction, place.citizen, place.certificate, kid);
    }));
    ++out.ended;
  }
  if (places.size() == at_most) out.behind = places.back();
  TRY(left, count_left(platform, kid));
  out.left = left;
  return out;
}

}  // namespace lindung::service
