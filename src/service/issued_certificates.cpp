#include "service/issued_certificates.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/dcc_revocations.h"
#include "cert/signed_text.h"
#include "service/certificate_rows.h"
#include "service/platform.h"
#include "service/signers.h"
#include "store/database.h"

namespace lindung::service {

Result<bool> is_revoked(const Platform& platform, std::string_view name, BytesView kid) {
  const auto hash = name_hash(name);
  bool out = false;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(of_key, is_signer_revoked(transaction, kid));
    out = of_key;
    if (out || name.empty()) return ok();
    TRY(rows, transaction.run(store::Sql{"SELECT revoked_at FROM revoked_certificate WHERE hash = $1"},
                              {BytesView{hash}}, [](const store::Row&) {}));
    out = rows != 0;
    return ok();
  }));
  return out;
}

Result<bool> is_revoked(const Platform& platform, std::string_view text) {
  const auto read = cert::read_signed_text(text);
  if (!read) return false;
  return is_revoked(platform, read.value().name, read.value().kid);
}

Result<RevocationList> revoked_certificates(const Platform& platform) {
  const auto now = platform.clock.now();
  RevocationList out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out = {.hashes = {}, .expires = now};
    TRYV(transaction.run(store::Sql{"SELECT hash, expires_at FROM revoked_certificate WHERE format = 1 AND "
                                    "expires_at >= $1 ORDER BY hash"},
                         {static_cast<std::int64_t>(unix_seconds(now))}, [&](const store::Row& row) {
                           out.hashes.push_back(take<cert::revocation_hash_size>(row.bytes(0)));
                           out.expires = std::max(out.expires, moment_of(static_cast<std::uint64_t>(row.integer(1))));
                         }));
    return ok();
  }));
  return out;
}

Result<std::vector<std::string>> revoked_cards(const Platform& platform, std::string_view kid) {
  std::vector<std::string> out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT rid FROM revoked_certificate WHERE format = 2 AND kid = $1 ORDER BY log_index"},
        {as_bytes(kid)}, [&](const store::Row& row) { out.emplace_back(row.text(0)); }));
    return ok();
  }));
  return out;
}

Result<std::uint64_t> count_revoked_cards(store::Transaction& transaction, BytesView kid) {
  std::uint64_t count = 0;
  TRYV(transaction.run(store::Sql{"SELECT COUNT(*) FROM revoked_certificate WHERE format = 2 AND kid = $1"}, {kid},
                       [&](const store::Row& row) { count = static_cast<std::uint64_t>(row.integer(0)); }));
  return count;
}

Result<LoggedSignature> find_signature(const Platform& platform, const Hash& digest) {
  std::optional<LoggedSignature> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    std::optional<std::int64_t> index;
    found.reset();
    TRYV(transaction.run(store::Sql{"SELECT log_index FROM logged_signature WHERE digest = $1"}, {BytesView{digest}},
                         [&](const store::Row& row) { index = row.integer(0); }));
    if (!index) return ok();
    TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry WHERE idx = $1"}, {*index}, [&](const store::Row& row) {
      found = {.index = static_cast<std::uint64_t>(*index), .leaf = to_bytes(row.bytes(0))};
    }));
    return ok();
  }));
  if (!found) return fail(Errc::not_found, "the log holds no such signature");
  return std::move(*found);
}

}  // namespace lindung::service
