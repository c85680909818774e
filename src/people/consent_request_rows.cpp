#include "people/consent_request_rows.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t row_items = 7;
constexpr std::uint64_t terms_items = 8;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

store::RowAddress address_of(const Hash& digest) {
  return {.table = "consent_request", .primary_key = digest, .version = row_version};
}

// What was pushed; the same in every state.
Bytes terms_of(const StoredRequest& request) {
  codec::CborWriter out;
  out.array(terms_items).uint(1).text(request.partner.value()).array(request.purposes.size());
  for (const auto purpose : request.purposes) out.uint(static_cast<std::uint64_t>(purpose));
  out.uint(static_cast<std::uint64_t>(request.profile))
      .uint(static_cast<std::uint64_t>(request.period.count()))
      .bytes(request.challenge)
      .text(request.redirect_uri)
      .text(request.state_text);
  return std::move(out).take();
}

Result<void> read_terms(BytesView stored, StoredRequest& request) {
  codec::CborReader in{stored};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != terms_items || version != 1) return fail(Errc::corrupt, "consent request: version");
  TRY(partner, in.text());
  if (partner != request.partner.value()) return fail(Errc::corrupt, "consent request: partner");
  TRY(count, in.array());
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(purpose, in.uint());
    request.purposes.push_back(static_cast<domain::Purpose>(purpose));
  }
  TRY(profile, in.uint());
  TRY(period, in.uint());
  TRY(challenge, in.fixed<32>());
  TRY(redirect_uri, in.text());
  TRY(state_text, in.text());
  TRYV(in.end());
  request.profile = static_cast<domain::Profile>(profile);
  request.period = std::chrono::days{period};
  request.challenge = challenge;
  request.redirect_uri = redirect_uri;
  request.state_text = state_text;
  return ok();
}

}  // namespace

Hash approval_digest(const StoredRequest& request) {
  constexpr ByteArray<1> separator{0};
  const auto terms = terms_of(request);
  return crypto::sha256({as_bytes("lindung consent request v1"), separator, request.digest, terms});
}

Result<void> put_request(store::Transaction& transaction, const store::KeyRing& ring, const StoredRequest& request) {
  codec::CborWriter plain;
  plain.array(row_items)
      .uint(row_version)
      .bytes(terms_of(request))
      .bytes(request.citizen ? request.citizen->bytes() : BytesView{})
      .bytes(request.redeemed_as.bytes())
      .bytes(request.consent.bytes())
      .uint(unix_seconds(request.until))
      .uint(request.log_index);
  TRY(sealed, store::RowSealer{ring}.seal(address_of(request.digest), plain.view()));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO consent_request (request_digest, partner_id, state, expires_at, sealed) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (request_digest) DO UPDATE SET state = excluded.state, "
                 "expires_at = excluded.expires_at, sealed = excluded.sealed"},
      {BytesView{request.digest}, request.partner.value(), static_cast<std::int64_t>(request.state),
       as_int(request.expires), BytesView{sealed}}));
  return ok();
}

Result<std::optional<StoredRequest>> find_request(store::Transaction& transaction, const store::KeyRing& ring,
                                                  const Hash& digest) {
  std::optional<StoredRequest> found;
  Bytes sealed;
  const auto read = [&](const store::Row& row) {
    found = StoredRequest{.digest = digest,
                          .partner = PartnerId{std::string{row.text(0)}},
                          .state = static_cast<RequestState>(row.integer(1)),
                          .expires = moment_of(static_cast<std::uint64_t>(row.integer(2)))};
    sealed = to_bytes(row.bytes(3));
  };
  TRYV(transaction.run(
      store::Sql{"SELECT partner_id, state, expires_at, sealed FROM consent_request WHERE request_digest = $1"},
      {BytesView{digest}}, read));
  if (!found) return found;
  TRY(plain, store::RowSealer{ring}.open(address_of(digest), sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != row_items || version != row_version) return fail(Errc::corrupt, "consent request: version");
  TRY(terms, in.bytes());
  TRYV(read_terms(terms, *found));
  TRY(citizen, in.bytes());
  TRY(redeemed_as, in.fixed<16>());
  TRY(consent, in.fixed<16>());
  TRY(until, in.uint());
  TRY(log_index, in.uint());
  TRYV(in.end());
  if (citizen.size() == sizeof(ByteArray<16>)) found->citizen = CitizenRef{take<16>(citizen)};
  found->redeemed_as = RequestId{redeemed_as};
  found->consent = domain::ConsentId{consent};
  found->until = moment_of(until);
  found->log_index = log_index;
  return found;
}

}  // namespace lindung::people
