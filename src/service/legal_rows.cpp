#include "service/legal_rows.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "service/legal_requests.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint64_t row_version = 1;
constexpr std::uint64_t row_items = 19;

// 0: none.
std::uint64_t number_of(const std::optional<Moment>& at) { return at ? unix_seconds(*at) : 0; }
std::optional<Moment> moment_or_none(std::uint64_t number) {
  return number == 0 ? std::nullopt : std::optional{moment_of(number)};
}

Result<LegalRequest> decode(const LegalRequestId& id, BytesView plain) {
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != row_items || version != row_version) return fail(Errc::corrupt, "legal request: version");
  LegalRequest request{
      .id = id, .wish = {}, .asked_at = {}, .decided_at = {}, .told_at = {}, .answer = {}, .reason = {}};
  auto& wish = request.wish;
  BOOST_OUTCOME_TRY(request.salt, in.fixed<32>());
  TRY(state, in.uint());
  TRY(asked_at, in.uint());
  TRY(decided_at, in.uint());
  TRY(told_at, in.uint());
  TRY(answer, in.text());
  TRY(reason, in.text());
  TRY(authority, in.text());
  TRY(role, in.text());
  TRY(basis, in.text());
  TRY(reference, in.text());
  TRY(question, in.uint());
  TRY(citizen, in.bytes());
  TRY(about, in.text());
  TRY(from, in.uint());
  TRY(until, in.uint());
  TRY(told_on, in.uint());
  TRY(because, in.text());
  TRYV(in.end());
  const bool is_ours = state >= 1 && state <= static_cast<std::uint64_t>(LegalState::refused) && question >= 1 &&
                       question <= static_cast<std::uint64_t>(LegalQuestion::certificate_genuine) &&
                       (citizen.empty() || citizen.size() == 16);
  if (!is_ours) return fail(Errc::corrupt, "legal request: a value");
  request.state = static_cast<LegalState>(state);
  request.asked_at = moment_of(asked_at);
  request.decided_at = moment_or_none(decided_at);
  request.told_at = moment_or_none(told_at);
  request.answer = answer;
  request.reason = reason;
  wish.authority = authority;
  wish.role = role;
  wish.basis = basis;
  wish.reference = reference;
  wish.question = static_cast<LegalQuestion>(question);
  if (!citizen.empty()) wish.citizen = CitizenRef{take<16>(citizen)};
  wish.about = about;
  wish.from = moment_of(from);
  wish.until = moment_of(until);
  wish.told_on = moment_or_none(told_on);
  wish.because = because;
  return request;
}

store::RowAddress address_of(const LegalRequestId& id) {
  return {.table = "legal_request", .primary_key = id.bytes(), .version = row_version};
}

}  // namespace

Bytes encode_request(const LegalRequest& request) {
  const auto& wish = request.wish;
  codec::CborWriter out;
  out.array(row_items).uint(row_version).bytes(request.salt).uint(static_cast<std::uint64_t>(request.state));
  out.uint(unix_seconds(request.asked_at)).uint(number_of(request.decided_at)).uint(number_of(request.told_at));
  out.text(request.answer).text(request.reason);
  out.text(wish.authority).text(wish.role).text(wish.basis).text(wish.reference);
  out.uint(static_cast<std::uint64_t>(wish.question));
  out.bytes(wish.citizen ? BytesView{wish.citizen->bytes()} : BytesView{}).text(wish.about);
  out.uint(unix_seconds(wish.from)).uint(unix_seconds(wish.until)).uint(number_of(wish.told_on)).text(wish.because);
  return std::move(out).take();
}

Result<LegalRequest> read_request(store::Transaction& transaction, const store::KeyRing& ring,
                                  const LegalRequestId& id) {
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM legal_request WHERE request_id = $1"}, {id.bytes()},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (sealed.empty()) return fail(Errc::not_found, "there is no such request");
  TRY(plain, store::RowSealer{ring}.open(address_of(id), sealed));
  return decode(id, plain);
}

Result<void> put_request(store::Transaction& transaction, const store::KeyRing& ring, const LegalRequest& request,
                         std::uint64_t log_index) {
  TRY(sealed, store::RowSealer{ring}.seal(address_of(request.id), encode_request(request)));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO legal_request (request_id, at, state, log_index, sealed) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (request_id) DO UPDATE SET "
                 "state = excluded.state, log_index = excluded.log_index, sealed = excluded.sealed"},
      {request.id.bytes(), static_cast<std::int64_t>(unix_seconds(request.asked_at)),
       static_cast<std::int64_t>(request.state), static_cast<std::int64_t>(log_index), BytesView{sealed}}));
  return ok();
}

}  // namespace lindung::service
