#include "service/issuers.h"

#include <cstddef>
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
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/issuer.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::int64_t algorithm_ed25519 = 1;  // stored
constexpr std::size_t name_max = 200;

}  // namespace

Result<void> add_issuer_key(const Platform& platform, const IssuerId& issuer, const std::string& name,
                            const KeyId& key_id, const crypto::Ed25519PublicKey& key) {
  TRY(checked, domain::parse_issuer_id(issuer.value()));
  if (name.empty() || name.size() > name_max) return fail(Errc::invalid_argument, "issuer name: 1 to 200 bytes");
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
    TRY(taken, unit.transaction().run(store::Sql{"SELECT issuer_id FROM issuer_key WHERE public_key = $1"},
                                      {BytesView{key.bytes()}}));
    if (taken != 0) return fail(Errc::conflict, "this key is registered already");
    TRYV(unit.transaction().run(store::Sql{"INSERT INTO issuer (issuer_id, name, added_at) VALUES ($1, $2, $3) "
                                           "ON CONFLICT (issuer_id) DO NOTHING"},
                                {checked.value(), std::string_view{name}, now}));
    TRY(added,
        unit.transaction().run(store::Sql{"INSERT INTO issuer_key (issuer_id, key_id, algorithm, public_key, added_at) "
                                          "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (issuer_id, key_id) DO NOTHING"},
                               {checked.value(), key_id.value(), algorithm_ed25519, BytesView{key.bytes()}, now}));
    if (added == 0) return fail(Errc::conflict, "a key of this id exists");
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = checked.value(),
                                .use = "import",
                                .key_id = key_id.value(),
                                .public_key_digest = crypto::sha256(key.bytes()),
                                .added = true}));
    return ok();
  });
}

Result<domain::Issuer> find_issuer(store::Transaction& transaction, const IssuerId& issuer) {
  std::optional<domain::Issuer> found;
  TRYV(transaction.run(store::Sql{"SELECT name FROM issuer WHERE issuer_id = $1"}, {issuer.value()},
                       [&](const store::Row& row) {
                         found = domain::Issuer{.id = issuer, .name = std::string{row.text(0)}, .keys = {}};
                       }));
  if (!found) return fail(Errc::not_found, "no such issuer");
  TRYV(transaction.run(
      store::Sql{"SELECT key_id, public_key, added_at FROM issuer_key WHERE issuer_id = $1 AND revoked_at IS NULL "
                 "ORDER BY added_at, key_id"},
      {issuer.value()}, [&](const store::Row& row) {
        const auto key = crypto::Ed25519PublicKey::from_bytes(row.bytes(1));
        if (key.has_error()) return;  // was checked when it was registered; a damaged row vouches for nothing
        found->keys.push_back({.id = KeyId{std::string{row.text(0)}},
                               .key = key.value(),
                               .not_before = moment_of(static_cast<std::uint64_t>(row.integer(2))),
                               .not_after = std::nullopt});
      }));
  return *found;
}

Result<std::vector<domain::Issuer>> list_issuers(const Platform& platform) {
  std::vector<domain::Issuer> issuers;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    std::vector<IssuerId> ids;
    TRYV(transaction.run(store::Sql{"SELECT issuer_id FROM issuer ORDER BY issuer_id"}, {},
                         [&](const store::Row& row) { ids.emplace_back(std::string{row.text(0)}); }));
    for (const auto& id : ids) {
      TRY(issuer, find_issuer(transaction, id));
      issuers.push_back(std::move(issuer));
    }
    return ok();
  }));
  return issuers;
}

}  // namespace lindung::service
