#include "service/certificate_rows.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/dcc_revocations.h"
#include "cert/verdict.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "domain/record.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items = 13;
// Forms by their stored numbers.
constexpr std::uint64_t stored_hc1 = 1;
constexpr std::uint64_t stored_shc = 2;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

std::uint64_t stored(cert::Format format) { return format == cert::Format::hc1 ? stored_hc1 : stored_shc; }

ByteArray<32> key_of(const CitizenRef& citizen, const CertificateId& id) {
  ByteArray<32> key;
  std::ranges::copy(citizen.value(), key.begin());
  std::ranges::copy(id.value(), key.begin() + 16);
  return key;
}

Bytes encode(const KeptCertificate& kept) {
  codec::CborWriter out;
  out.array(items)
      .uint(1)
      .uint(static_cast<std::uint64_t>(kept.state))
      .bytes(kept.record.bytes())
      .text(kept.name)
      .bytes(kept.kid)
      .uint(unix_seconds(kept.issued))
      .uint(unix_seconds(kept.expires))
      .uint(kept.log_index)
      .uint(stored(kept.content.format))
      .bytes(kept.content.head)
      .bytes(kept.content.payload)
      .bytes(kept.signature ? BytesView{*kept.signature} : BytesView{})
      .bytes(kept.replaces ? kept.replaces->bytes() : BytesView{});
  return std::move(out).take();
}

Result<KeptCertificate> decode(const CertificateId& id, BytesView plain) {
  codec::CborReader in{plain};
  TRY(count, in.array());
  TRY(version, in.uint());
  if (count != items || version != 1) return fail(Errc::corrupt, "certificate: version");
  TRY(state, in.uint());
  TRY(record, in.fixed<16>());
  TRY(name, in.text());
  TRY(kid, in.bytes());
  TRY(issued, in.uint());
  TRY(expires, in.uint());
  TRY(log_index, in.uint());
  TRY(format, in.uint());
  TRY(head, in.bytes());
  TRY(payload, in.bytes());
  TRY(signature, in.bytes());
  TRY(replaces, in.bytes());
  TRYV(in.end());
  const bool is_known = state >= 1 && state <= static_cast<std::uint64_t>(CertificateState::replaced) &&
                        (format == stored_hc1 || format == stored_shc);
  if (!is_known) return fail(Errc::corrupt, "certificate: an unknown state or form");
  KeptCertificate out{.id = id,
                      .state = static_cast<CertificateState>(state),
                      .record = domain::RecordId{record},
                      .name = std::string{name},
                      .kid = to_bytes(kid),
                      .issued = moment_of(issued),
                      .expires = moment_of(expires),
                      .log_index = log_index,
                      .content = {.format = format == stored_hc1 ? cert::Format::hc1 : cert::Format::shc,
                                  .head = to_bytes(head),
                                  .payload = to_bytes(payload)},
                      .signature = {},
                      .replaces = {}};
  if (!signature.empty()) {
    if (signature.size() != out.signature.emplace().size()) return fail(Errc::corrupt, "certificate: signature");
    std::ranges::copy(signature, out.signature->begin());
  }
  if (!replaces.empty()) {
    if (replaces.size() != id.value().size()) return fail(Errc::corrupt, "certificate: replaces");
    out.replaces = CertificateId{take<16>(replaces)};
  }
  return out;
}

Result<KeptCertificate> open(const OpenPerson& person, const CertificateId& id, BytesView sealed) {
  const auto key = key_of(person.citizen, id);
  TRY(plain,
      store::open_under(person.key, {.table = "certificate", .primary_key = key, .version = row_version}, sealed));
  return decode(id, plain);
}

}  // namespace

std::string_view name_of(CertificateState state) noexcept {
  switch (state) {
    case CertificateState::pending: return "pending";
    case CertificateState::issued: return "issued";
    case CertificateState::revoked: return "revoked";
    case CertificateState::replaced: return "replaced";
  }
  return "unknown";
}

std::string KeptCertificate::text() const { return signature ? cert::text_of(content, *signature) : std::string{}; }

cert::ShortHash name_hash(std::string_view name) {
  return take<cert::revocation_hash_size>(crypto::sha256(as_bytes(name)));
}

Result<void> put_certificate(store::Transaction& transaction, const OpenPerson& person,
                             const KeptCertificate& certificate) {
  const auto key = key_of(person.citizen, certificate.id);
  const auto sealed = store::seal_under(
      person.key, {.table = "certificate", .primary_key = key, .version = row_version}, encode(certificate));
  TRYV(transaction.run(store::Sql{"INSERT INTO certificate (citizen_ref, certificate_id, sealed) VALUES ($1, $2, $3) "
                                  "ON CONFLICT (citizen_ref, certificate_id) DO UPDATE SET sealed = excluded.sealed"},
                       {person.citizen.bytes(), certificate.id.bytes(), BytesView{sealed}}));
  return ok();
}

Result<void> register_certificate(store::Transaction& transaction, const CitizenRef& citizen,
                                  const KeptCertificate& certificate, const Hash& digest) {
  const auto hash = name_hash(certificate.name);
  TRYV(transaction.run(
      store::Sql{"INSERT INTO certificate_name (hash, citizen_ref, certificate_id, format, kid, expires_at) "
                 "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO UPDATE SET kid = excluded.kid, "
                 "expires_at = excluded.expires_at"},
      {BytesView{hash}, citizen.bytes(), certificate.id.bytes(),
       static_cast<std::int64_t>(stored(certificate.content.format)), BytesView{certificate.kid},
       as_int(certificate.expires)}));
  TRYV(transaction.run(store::Sql{"INSERT INTO certificate_of_key (kid, citizen_ref, certificate_id) "
                                  "VALUES ($1, $2, $3) ON CONFLICT (kid, citizen_ref, certificate_id) DO NOTHING"},
                       {BytesView{certificate.kid}, citizen.bytes(), certificate.id.bytes()}));
  TRYV(transaction.run(store::Sql{"INSERT INTO logged_signature (digest, log_index) VALUES ($1, $2)"},
                       {BytesView{digest}, static_cast<std::int64_t>(certificate.log_index)}));
  return ok();
}

Result<void> forget_key(store::Transaction& transaction, const CitizenRef& citizen, const CertificateId& id,
                        BytesView kid) {
  TRYV(transaction.run(
      store::Sql{"DELETE FROM certificate_of_key WHERE kid = $1 AND citizen_ref = $2 AND certificate_id = $3"},
      {kid, citizen.bytes(), id.bytes()}));
  return ok();
}

Result<std::vector<KeptCertificate>> read_certificates(store::Transaction& transaction, const OpenPerson& person) {
  struct Sealed {
    CertificateId id;
    Bytes bytes;
  };
  std::vector<Sealed> rows;
  TRYV(transaction.run(store::Sql{"SELECT certificate_id, sealed FROM certificate WHERE citizen_ref = $1"},
                       {person.citizen.bytes()}, [&](const store::Row& row) {
                         rows.push_back({.id = CertificateId{take<16>(row.bytes(0))}, .bytes = to_bytes(row.bytes(1))});
                       }));
  std::vector<KeptCertificate> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    TRY(certificate, open(person, row.id, row.bytes));
    out.push_back(std::move(certificate));
  }
  std::ranges::sort(out, {}, &KeptCertificate::log_index);
  return out;
}

Result<KeptCertificate> read_certificate(store::Transaction& transaction, const OpenPerson& person,
                                         const CertificateId& id) {
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM certificate WHERE citizen_ref = $1 AND certificate_id = $2"},
                       {person.citizen.bytes(), id.bytes()},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (!sealed) return fail(Errc::not_found, "no such certificate");
  return open(person, id, *sealed);
}

Result<NamedCertificate> find_named(store::Transaction& transaction, std::string_view name) {
  const auto hash = name_hash(name);
  std::optional<NamedCertificate> found;
  TRYV(transaction.run(store::Sql{"SELECT citizen_ref, certificate_id, format, kid, expires_at FROM certificate_name "
                                  "WHERE hash = $1"},
                       {BytesView{hash}}, [&](const store::Row& row) {
                         found = {.citizen = CitizenRef{take<16>(row.bytes(0))},
                                  .id = CertificateId{take<16>(row.bytes(1))},
                                  .format = row.integer(2) == static_cast<std::int64_t>(stored_hc1) ? cert::Format::hc1
                                                                                                    : cert::Format::shc,
                                  .kid = to_bytes(row.bytes(3)),
                                  .expires = moment_of(static_cast<std::uint64_t>(row.integer(4)))};
                       }));
  if (!found) return fail(Errc::not_found, "we issued no certificate of this identifier");
  return std::move(*found);
}

}  // namespace lindung::service
