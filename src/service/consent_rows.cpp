#include "service/consent_rows.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t row_items = 6;
constexpr std::uint64_t consent_items = 7;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

ByteArray<32> key_of(const CitizenRef& citizen, const LinkId& link) {
  ByteArray<32> key;
  std::ranges::copy(citizen.value(), key.begin());
  std::ranges::copy(link.value(), key.begin() + 16);
  return key;
}

Bytes encode(const Consent& consent) {
  codec::CborWriter out;
  out.array(consent_items)
      .uint(1)
      .bytes(consent.id.bytes())
      .text(consent.partner.value())
      .uint(static_cast<std::uint64_t>(consent.profile))
      .array(consent.purposes.size());
  for (const auto purpose : consent.purposes) out.uint(static_cast<std::uint64_t>(purpose));
  out.uint(unix_seconds(consent.granted_at)).uint(unix_seconds(consent.until));
  return std::move(out).take();
}

Result<Consent> decode(BytesView stored) {
  codec::CborReader in{stored};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != consent_items || version != 1) return fail(Errc::corrupt, "consent: version");
  TRY(id, in.fixed<16>());
  TRY(partner, in.text());
  TRY(profile, in.uint());
  TRY(count, in.array());
  if (profile < 1 || profile > 2 || count > domain::all_purposes.size()) {
    return fail(Errc::corrupt, "consent: profile or purposes");
  }
  Consent consent{.id = domain::ConsentId{id},
                  .partner = PartnerId{std::string{partner}},
                  .profile = static_cast<domain::Profile>(profile),
                  .purposes = {},
                  .granted_at = {},
                  .until = {}};
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(purpose, in.uint());
    if (purpose < 1 || purpose > domain::all_purposes.size()) return fail(Errc::corrupt, "consent: purpose");
    consent.purposes.push_back(static_cast<domain::Purpose>(purpose));
  }
  TRY(granted_at, in.uint());
  TRY(until, in.uint());
  TRYV(in.end());
  consent.granted_at = moment_of(granted_at);
  consent.until = moment_of(until);
  return consent;
}

Result<KeptConsent> open_row(const OpenPerson& person, const LinkId& link, BytesView sealed) {
  const auto key = key_of(person.citizen, link);
  TRY(plain, store::open_under(person.key, {.table = "consent", .primary_key = key, .version = row_version}, sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != row_items || version != row_version) return fail(Errc::corrupt, "consent: version");
  TRY(content, in.bytes());
  TRY(consent, decode(content));
  TRY(granted_index, in.uint());
  TRY(end, in.uint());
  TRY(ended_at, in.uint());
  TRY(ended_index, in.uint());
  TRYV(in.end());
  if (end > static_cast<std::uint64_t>(domain::ConsentEnd::ended_by_operator)) {
    return fail(Errc::corrupt, "consent: end");
  }
  return KeptConsent{.link = link,
                     .consent = std::move(consent),
                     .granted_index = granted_index,
                     .end = end == 0 ? std::nullopt : std::optional{static_cast<domain::ConsentEnd>(end)},
                     .ended_at = moment_of(ended_at),
                     .ended_index = ended_index};
}

}  // namespace

Hash consent_digest(const Consent& consent) {
  constexpr ByteArray<1> separator{0};
  const auto stored = encode(consent);
  return crypto::sha256({as_bytes("lindung consent v1"), separator, stored});
}

Result<void> put_consent(store::Transaction& transaction, const OpenPerson& person, const KeptConsent& consent) {
  codec::CborWriter plain;
  plain.array(row_items)
      .uint(row_version)
      .bytes(encode(consent.consent))
      .uint(consent.granted_index)
      .uint(consent.end ? static_cast<std::uint64_t>(*consent.end) : 0)
      .uint(unix_seconds(consent.ended_at))
      .uint(consent.ended_index);
  const auto key = key_of(person.citizen, consent.link);
  const auto sealed =
      store::seal_under(person.key, {.table = "consent", .primary_key = key, .version = row_version}, plain.view());
  TRYV(transaction.run(store::Sql{"INSERT INTO consent (citizen_ref, link_id, sealed) VALUES ($1, $2, $3) "
                                  "ON CONFLICT (citizen_ref, link_id) DO UPDATE SET sealed = excluded.sealed"},
                       {person.citizen.bytes(), consent.link.bytes(), BytesView{sealed}}));
  return ok();
}

Result<std::optional<KeptConsent>> read_consent(store::Transaction& transaction, const OpenPerson& person,
                                                const LinkId& link) {
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM consent WHERE citizen_ref = $1 AND link_id = $2"},
                       {person.citizen.bytes(), link.bytes()},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (!sealed) return std::optional<KeptConsent>{};
  TRY(consent, open_row(person, link, *sealed));
  return std::optional{std::move(consent)};
}

Result<std::vector<KeptConsent>> read_consents(store::Transaction& transaction, const OpenPerson& person) {
  std::vector<std::pair<LinkId, Bytes>> rows;
  TRYV(transaction.run(store::Sql{"SELECT link_id, sealed FROM consent WHERE citizen_ref = $1 ORDER BY link_id"},
                       {person.citizen.bytes()}, [&](const store::Row& row) {
                         rows.emplace_back(LinkId{take<16>(row.bytes(0))}, to_bytes(row.bytes(1)));
                       }));
  std::vector<KeptConsent> consents;
  consents.reserve(rows.size());
  for (const auto& [link, sealed] : rows) {
    TRY(consent, open_row(person, link, sealed));
    consents.push_back(std::move(consent));
  }
  std::ranges::sort(consents, [](const KeptConsent& a, const KeptConsent& b) {
    return std::pair{b.granted_index, b.link} < std::pair{a.granted_index, a.link};
  });
  return consents;
}

Result<void> put_due(store::Transaction& transaction, const DueConsent& due, Moment at) {
  TRYV(transaction.run(store::Sql{"INSERT INTO consent_due (citizen_ref, link_id, due_at) VALUES ($1, $2, $3)"},
                       {due.citizen.bytes(), due.link.bytes(), as_int(at)}));
  return ok();
}

Result<void> forget_due(store::Transaction& transaction, const DueConsent& due) {
  TRYV(transaction.run(store::Sql{"DELETE FROM consent_due WHERE citizen_ref = $1 AND link_id = $2"},
                       {due.citizen.bytes(), due.link.bytes()}));
  return ok();
}

Result<std::vector<DueConsent>> list_due(store::Transaction& transaction, Moment now, std::int64_t at_most) {
  std::vector<DueConsent> due;
  TRYV(transaction.run(store::Sql{"SELECT citizen_ref, link_id FROM consent_due WHERE due_at <= $1 LIMIT $2"},
                       {as_int(now), at_most}, [&](const store::Row& row) {
                         due.push_back(
                             {.citizen = CitizenRef{take<16>(row.bytes(0))}, .link = LinkId{take<16>(row.bytes(1))}});
                       }));
  return due;
}

}  // namespace lindung::service
