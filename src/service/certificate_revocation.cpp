#include "service/certificate_revocation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/verdict.h"
#include "crypto/digest.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/certificate_rows.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::int64_t stored_hc1 = 1;
constexpr std::int64_t stored_shc = 2;

// Privacy: which of them it is stands with the citizen's certificates, not in a message.
const domain::Text revoked_text{
    .id =
        "Sertifikat kesehatan yang pernah diterbitkan untuk Anda telah dicabut dan tidak diterima lagi. Jika catatan "
        "kesehatan Anda masih berlaku, Anda dapat meminta sertifikat baru.",
    .en =
        "A health certificate that was issued to you has been taken back and is not accepted any more. If your health "
        "record still counts you can ask for a new certificate."};

Result<std::optional<RevokedCertificate>> find_revoked(store::Transaction& transaction, std::string_view name) {
  const auto hash = name_hash(name);
  std::optional<RevokedCertificate> known;
  TRYV(transaction.run(store::Sql{"SELECT revoked_at, log_index FROM revoked_certificate WHERE hash = $1"},
                       {BytesView{hash}}, [&](const store::Row& row) {
                         known = {.at = moment_of(static_cast<std::uint64_t>(row.integer(0))),
                                  .log_index = static_cast<std::uint64_t>(row.integer(1))};
                       }));
  return known;
}

Result<void> put_revoked(store::Transaction& transaction, std::string_view name, const NamedCertificate& named,
                         const RevokedCertificate& revoked) {
  const auto hash = name_hash(name);
  const bool is_card = named.format == cert::Format::shc;
  TRYV(transaction.run(
      store::Sql{"INSERT INTO revoked_certificate (hash, format, kid, rid, revoked_at, expires_at, log_index) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7)"},
      {BytesView{hash}, is_card ? stored_shc : stored_hc1, BytesView{named.kid}, is_card ? name : std::string_view{},
       static_cast<std::int64_t>(unix_seconds(revoked.at)), static_cast<std::int64_t>(unix_seconds(named.expires)),
       static_cast<std::int64_t>(revoked.log_index)}));
  return ok();
}

Result<RevokedCertificate> revoke(LoggedUnit& unit, const Platform& platform, std::string_view name) {
  auto& transaction = unit.transaction();
  TRY(named, find_named(transaction, name));
  const auto person = lock_person(transaction, platform.ring, named.citizen);
  if (person.has_error() && person.error().code != Errc::not_found) return person.error();
  TRY(known, find_revoked(transaction, name));
  if (known) return *known;
  // Who holds the certificate can check which one it is about; its identifier is random and hides it from all others.
  const auto about = crypto::sha256({as_bytes("lindung certificate revoked v1"), ByteArray<1>{}, as_bytes(name)});
  TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                        .action = std::string{certificate_revoked},
                                        .officer_key_digest = {},
                                        .case_digest = about}));
  const RevokedCertificate out{.at = unit.now(), .log_index = index};
  TRYV(put_revoked(transaction, name, named, out));
  TRYV(forget_key(transaction, named.citizen, named.id, named.kid));
  if (person.has_error()) return out;  // erased: nobody can open its row any more
  TRY(certificate, read_certificate(transaction, person.value(), named.id));
  certificate.state = CertificateState::revoked;
  TRYV(put_certificate(transaction, person.value(), certificate));
  TRYV(put_notice(transaction, person.value(), NoticeKind::certificate_taken_back, revoked_text, unit.now()));
  return out;
}

// Certificates that count, of records that do not.
Result<std::vector<std::string>> find_unfounded(store::Transaction& transaction, const OpenPerson& person) {
  std::vector<std::string> names;
  TRY(certificates, read_certificates(transaction, person));
  std::erase_if(certificates, [](const KeptCertificate& each) {
    return each.state != CertificateState::issued && each.state != CertificateState::pending;
  });
  if (certificates.empty()) return names;
  TRY(records, read_records(transaction, person));
  for (const auto& each : certificates) {
    const bool counts = std::ranges::find(records, each.record, &domain::Record::id) != records.end();
    if (!counts) names.push_back(each.name);
  }
  return names;
}

}  // namespace

Result<RevokedCertificate> revoke_certificate(const Platform& platform, std::string_view name) {
  RevokedCertificate out;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(revoked, revoke(unit, platform, name));
    out = revoked;
    return ok();
  }));
  return out;
}

Result<std::size_t> revoke_unfounded(LoggedUnit& unit, const Platform& platform, const OpenPerson& person) {
  TRY(names, find_unfounded(unit.transaction(), person));
  for (const auto& name : names) {
    TRYV(revoke(unit, platform, name));
  }
  return names.size();
}

Result<std::size_t> revoke_unfounded(const Platform& platform, const CitizenRef& citizen) {
  std::vector<std::string> names;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    names.clear();
    const auto person = open_person(transaction, platform.ring, citizen);
    if (person.has_error() && person.error().code == Errc::not_found) return ok();  // erased meanwhile
    if (person.has_error()) return person.error();
    TRY(found, find_unfounded(transaction, person.value()));
    names = std::move(found);
    return ok();
  }));
  if (names.empty()) return 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    for (const auto& name : names) {
      TRYV(revoke(unit, platform, name));
    }
    return ok();
  }));
  return names.size();
}

}  // namespace lindung::service
