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
#include "domain/issuer.h"
#include "domain/issuer_key.h"
#include "domain/issuer_terms.h"
#include "log/entry.h"
#include "service/licences.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::size_t name_max = 200;
constexpr std::uint32_t row_version = 1;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

store::RowAddress address(const IssuerId& issuer) {
  return {.table = "issuer", .primary_key = as_bytes(issuer.value()), .version = row_version};
}

Result<void> put_terms(store::Transaction& transaction, const store::KeyRing& ring, const IssuerId& issuer,
                       const domain::IssuerTerms& terms) {
  TRY(sealed, store::RowSealer{ring}.seal(address(issuer), domain::encode(terms)));
  TRY(changed, transaction.run(store::Sql{"UPDATE issuer SET sealed = $2 WHERE issuer_id = $1"},
                               {issuer.value(), BytesView{sealed}}));
  return changed == 0 ? fail(Errc::not_found, "no such issuer") : Result<void>{ok()};
}

Result<void> log_key(LoggedUnit& unit, const IssuerId& issuer, const KeyId& key, BytesView public_key, bool added) {
  TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                              .owner = issuer.value(),
                              .use = "import",
                              .key_id = key.value(),
                              .public_key_digest = crypto::sha256(public_key),
                              .added = added}));
  return ok();
}

}  // namespace

Result<void> add_issuer_key(const Platform& platform, const std::string& name, const NewIssuerKey& key,
                            const std::optional<domain::IssuerTerms>& terms) {
  TRY(issuer, domain::parse_issuer_id(key.issuer.value()));
  if (name.empty() || name.size() > name_max) return fail(Errc::invalid_argument, "issuer name: 1 to 200 bytes");
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    const auto not_before = key.not_before.value_or(unit.now());
    if (key.not_after && *key.not_after <= not_before) {
      return fail(Errc::invalid_argument, "the key would end before it begins");
    }
    TRY(taken,
        transaction.run(store::Sql{"SELECT issuer_id FROM issuer_key WHERE public_key = $1"}, {key.key.bytes()}));
    if (taken != 0) return fail(Errc::conflict, "this key is registered already");
    TRY(is_new, transaction.run(store::Sql{"INSERT INTO issuer (issuer_id, name, added_at) VALUES ($1, $2, $3) "
                                           "ON CONFLICT (issuer_id) DO NOTHING"},
                                {issuer.value(), std::string_view{name}, as_int(unit.now())}));
    if (is_new != 0 || terms) {
      TRYV(check_licence(transaction, terms ? terms->licence : std::string{}, unit.now()));
    }
    if (terms) {
      TRYV(put_terms(transaction, platform.ring, issuer, *terms));
    }
    TRY(added,
        transaction.run(
            store::Sql{"INSERT INTO issuer_key (issuer_id, key_id, algorithm, public_key, added_at, not_before, "
                       "not_after) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (issuer_id, key_id) DO NOTHING"},
            {issuer.value(), key.id.value(), static_cast<std::int64_t>(key.key.algorithm()), key.key.bytes(),
             as_int(unit.now()), as_int(not_before),
             key.not_after ? store::Param{as_int(*key.not_after)} : store::Param{}}));
    if (added == 0) return fail(Errc::conflict, "a key of this id exists");
    return log_key(unit, issuer, key.id, key.key.bytes(), true);
  });
}

Result<void> set_issuer_terms(const Platform& platform, const IssuerId& issuer, const domain::IssuerTerms& terms) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(check_licence(transaction, terms.licence, platform.clock.now()));
    return put_terms(transaction, platform.ring, issuer, terms);
  });
}

Result<void> revoke_issuer_key(const Platform& platform, const IssuerId& issuer, const KeyId& key) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    Bytes public_key;
    TRYV(unit.transaction().run(store::Sql{"SELECT public_key FROM issuer_key WHERE issuer_id = $1 AND key_id = $2"},
                                {issuer.value(), key.value()},
                                [&](const store::Row& row) { public_key = to_bytes(row.bytes(0)); }));
    TRY(revoked, unit.transaction().run(store::Sql{"UPDATE issuer_key SET revoked_at = $3 WHERE issuer_id = $1 "
                                                   "AND key_id = $2 AND revoked_at IS NULL"},
                                        {issuer.value(), key.value(), as_int(unit.now())}));
    if (revoked == 0) return fail(Errc::not_found, "this issuer has no such key that is not revoked");
    return log_key(unit, issuer, key, public_key, false);
  });
}

Result<domain::Issuer> find_issuer(store::Transaction& transaction, const store::KeyRing& ring,
                                   const IssuerId& issuer) {
  std::optional<domain::Issuer> found;
  Bytes sealed;
  TRYV(transaction.run(
      store::Sql{"SELECT name, sealed FROM issuer WHERE issuer_id = $1"}, {issuer.value()}, [&](const store::Row& row) {
        found = domain::Issuer{.id = issuer, .name = std::string{row.text(0)}, .keys = {}, .terms = {}};
        if (!row.is_null(1)) sealed = to_bytes(row.bytes(1));
      }));
  if (!found) return fail(Errc::not_found, "no such issuer");
  if (!sealed.empty()) {
    TRY(plain, store::RowSealer{ring}.open(address(issuer), sealed));
    TRY(terms, domain::decode_issuer_terms(plain));
    found->terms = std::move(terms);
  }
  TRYV(transaction.run(
      store::Sql{"SELECT key_id, algorithm, public_key, added_at, not_before, not_after FROM issuer_key "
                 "WHERE issuer_id = $1 AND revoked_at IS NULL ORDER BY added_at, key_id"},
      {issuer.value()}, [&](const store::Row& row) {
        const auto key =
            domain::IssuerPublicKey::from_bytes(static_cast<domain::SigningAlgorithm>(row.integer(1)), row.bytes(2));
        if (key.has_error()) return;  // was checked when it was registered; a damaged row vouches for nothing
        const auto moment_in = [&](int column) { return moment_of(static_cast<std::uint64_t>(row.integer(column))); };
        found->keys.push_back({.id = KeyId{std::string{row.text(0)}},
                               .key = key.value(),
                               .not_before = row.integer(4) == 0 ? moment_in(3) : moment_in(4),
                               .not_after = row.is_null(5) ? std::nullopt : std::optional{moment_in(5)}});
      }));
  return std::move(*found);
}

Result<std::vector<domain::Issuer>> list_issuers(const Platform& platform) {
  std::vector<domain::Issuer> issuers;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    std::vector<IssuerId> ids;
    issuers.clear();
    TRYV(transaction.run(store::Sql{"SELECT issuer_id FROM issuer ORDER BY issuer_id"}, {},
                         [&](const store::Row& row) { ids.emplace_back(std::string{row.text(0)}); }));
    for (const auto& id : ids) {
      TRY(issuer, find_issuer(transaction, platform.ring, id));
      issuers.push_back(std::move(issuer));
    }
    return ok();
  }));
  return issuers;
}

}  // namespace lindung::service
