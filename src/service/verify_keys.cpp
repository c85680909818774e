#include "service/verify_keys.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/officers.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {
namespace {

constexpr std::size_t longest_id = 64;
constexpr std::int64_t days_listed = 30;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

bool is_key_id(std::string_view id) {
  return !id.empty() && id.size() <= longest_id &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

log::KeyEntry entry_of(const LoggedUnit& unit, const VenueId& venue, const KeyId& id, const Hash& digest) {
  return {.at = unit.now(),
          .owner = codec::hex(venue.bytes()),
          .use = "verify",
          .key_id = id.value(),
          .public_key_digest = digest,
          .added = true};
}

Result<std::optional<crypto::Ed25519PublicKey>> find_officer(store::Transaction& transaction, std::string_view id) {
  TRY(keys, read_officer_keys(transaction));
  const auto found = keys.find(OfficerId{std::string{id}});
  if (found == keys.end()) return std::optional<crypto::Ed25519PublicKey>{};
  return std::optional{found->second};
}

}  // namespace

Result<void> add_verify_key(const Platform& platform, const VenueId& venue, const KeyId& id,
                            const crypto::Ed25519PublicKey& key) {
  if (!is_key_id(id.value()) || id.value().starts_with(officer_key_prefix)) {
    return fail(Errc::invalid_argument, "key id: [a-z0-9.-]{1,64}, and not that of an officer");
  }
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(venues, transaction.run(store::Sql{"SELECT venue_id FROM venue WHERE venue_id = $1"}, {venue.bytes()}));
    if (venues == 0) return fail(Errc::not_found, "no such venue");
    TRY(added, transaction.run(store::Sql{"INSERT INTO verify_key (key_id, venue_id, public_key, added_at) "
                                          "VALUES ($1, $2, $3, $4) ON CONFLICT (key_id) DO NOTHING"},
                               {id.value(), venue.bytes(), BytesView{key.bytes()}, as_int(unit.now())}));
    if (added == 0) return fail(Errc::conflict, "a key of this id exists");
    TRYV(unit.log(entry_of(unit, venue, id, crypto::sha256(key.bytes()))));
    return ok();
  });
}

Result<void> revoke_verify_key(const Platform& platform, const VenueId& venue, const KeyId& id) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    std::optional<Hash> digest;
    TRYV(transaction.run(
        store::Sql{"SELECT public_key FROM verify_key WHERE key_id = $1 AND venue_id = $2 AND revoked_at IS NULL"},
        {id.value(), venue.bytes()}, [&](const store::Row& row) { digest = crypto::sha256(row.bytes(0)); }));
    if (!digest) return fail(Errc::not_found, "the venue has no such key");
    TRYV(transaction.run(store::Sql{"UPDATE verify_key SET revoked_at = $2 WHERE key_id = $1"},
                         {id.value(), as_int(unit.now())}));
    auto entry = entry_of(unit, venue, id, *digest);
    entry.added = false;
    TRYV(unit.log(entry));
    return ok();
  });
}

Result<std::vector<VerifyKeyListing>> list_verify_keys(const Platform& platform, const VenueId& venue) {
  std::vector<VerifyKeyListing> listing;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    listing.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT key_id, added_at, revoked_at FROM verify_key WHERE venue_id = $1 ORDER BY key_id"},
        {venue.bytes()}, [&](const store::Row& row) {
          const auto moment = [&](int column) { return moment_of(static_cast<std::uint64_t>(row.integer(column))); };
          listing.push_back({.id = KeyId{std::string{row.text(0)}},
                             .added_at = moment(1),
                             .revoked_at = row.is_null(2) ? std::nullopt : std::optional{moment(2)},
                             .days = {}});
        }));
    for (auto& key : listing) {
      TRYV(transaction.run(
          store::Sql{"SELECT day, asked FROM verify_count WHERE key_id = $1 ORDER BY day DESC LIMIT $2"},
          {key.id.value(), days_listed}, [&](const store::Row& row) {
            key.days.push_back({.day = Day{static_cast<std::uint32_t>(row.integer(0))},
                                .asked = static_cast<std::uint64_t>(row.integer(1))});
          }));
    }
    return ok();
  }));
  return listing;
}

Result<std::optional<crypto::Ed25519PublicKey>> find_verify_key(const Platform& platform, const KeyId& id) {
  std::optional<crypto::Ed25519PublicKey> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    found.reset();
    if (std::string_view name = id.value(); name.starts_with(officer_key_prefix)) {
      name.remove_prefix(officer_key_prefix.size());
      TRY(key, find_officer(transaction, name));
      found = key;
      return ok();
    }
    Bytes bytes;
    TRY(rows, transaction.run(store::Sql{"SELECT public_key FROM verify_key WHERE key_id = $1 AND revoked_at IS NULL"},
                              {id.value()}, [&](const store::Row& row) { bytes = to_bytes(row.bytes(0)); }));
    if (rows == 0) return ok();
    TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
    found = key;
    return ok();
  }));
  return found;
}

Result<void> count_verification(const Platform& platform, const KeyId& id) {
  const auto day = day_of(platform.clock.now());
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"INSERT INTO verify_count (key_id, day, asked) VALUES ($1, $2, 1) "
                                    "ON CONFLICT (key_id, day) DO UPDATE SET asked = verify_count.asked + 1"},
                         {id.value(), static_cast<std::int64_t>(day.number)}));
    return ok();
  });
}

}  // namespace lindung::service
