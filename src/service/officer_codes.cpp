#include "service/officer_codes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/one_time_code.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

// Bound to its code, so that who can write rows binds no passkey to an officer.
store::RowAddress address(const Hash& digest) { return {.table = "officer_code", .primary_key = digest, .version = 1}; }

Bytes terms_of(const OfficerId& officer, std::int64_t expires_at) {
  return Message{}.be(static_cast<std::uint64_t>(expires_at)).text(officer.value()).take();
}

}  // namespace

Result<OfficerCode> make_officer_code(const Platform& platform, const OfficerId& officer) {
  OfficerCode made{.code = make_one_time_code(), .expires_at = platform.clock.now() + officer_code_age};
  TRY(digest, one_time_code_digest(made.code));
  const auto expires_at = as_int(made.expires_at);
  TRY(sealed, store::RowSealer{platform.ring}.seal(address(digest), terms_of(officer, expires_at)));
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known,
        transaction.run(store::Sql{"SELECT officer_id FROM officer WHERE officer_id = $1 AND revoked_at IS NULL"},
                        {officer.value()}));
    if (known == 0) return fail(Errc::not_found, "no such officer");
    TRYV(transaction.run(store::Sql{"DELETE FROM officer_code WHERE officer_id = $1"}, {officer.value()}));
    TRYV(transaction.run(
        store::Sql{"INSERT INTO officer_code (code_digest, officer_id, expires_at, sealed) VALUES ($1, $2, $3, $4)"},
        {BytesView{digest}, officer.value(), expires_at, BytesView{sealed}}));
    return ok();
  }));
  return made;
}

Result<OfficerId> take_officer_code(store::Transaction& transaction, const store::KeyRing& ring, std::string_view code,
                                    Moment now) {
  const auto digest = one_time_code_digest(code);
  if (digest.has_error()) return fail(Errc::denied, "code");
  std::optional<OfficerId> found;
  std::int64_t expires_at = 0;
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT c.officer_id, c.expires_at, c.sealed FROM officer_code c JOIN officer o "
                                  "ON o.officer_id = c.officer_id WHERE c.code_digest = $1 AND c.expires_at > $2 "
                                  "AND o.revoked_at IS NULL"},
                       {BytesView{digest.value()}, as_int(now)}, [&](const store::Row& row) {
                         found = OfficerId{std::string{row.text(0)}};
                         expires_at = row.integer(1);
                         sealed = to_bytes(row.bytes(2));
                       }));
  if (!found) return fail(Errc::denied, "code");
  TRY(terms, store::RowSealer{ring}.open(address(digest.value()), sealed));
  if (terms != terms_of(*found, expires_at)) return fail(Errc::corrupt, "officer_code");
  // Two browsers at once: one of them takes it.
  TRY(taken,
      transaction.run(store::Sql{"DELETE FROM officer_code WHERE code_digest = $1"}, {BytesView{digest.value()}}));
  if (taken != 1) return fail(Errc::denied, "code");
  return std::move(*found);
}

}  // namespace lindung::service
