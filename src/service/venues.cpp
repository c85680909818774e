#include "service/venues.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/category.h"
#include "domain/venue.h"
#include "domain/venue_code.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::size_t name_max = 200;
constexpr std::uint32_t row_version = 1;

// What makes the codes of a venue: seed of the posters' Ed25519 key | HMAC key of the screens.
using VenueSecret = Secret<64>;

struct StoredKey {
  std::uint16_t id{};
  VenueSecret secret;
};

ByteArray<18> key_address(const VenueId& venue, std::uint16_t key_id) {
  ByteArray<18> address;
  std::ranges::copy(venue.value(), address.begin());
  put_be(MutableBytes{address}.subspan(16), key_id);
  return address;
}

crypto::Ed25519PrivateKey poster_key(const VenueSecret& secret) {
  return crypto::Ed25519PrivateKey::from_seed(Secret<32>{take<32>(secret.view())});
}

crypto::HmacKey screen_key(const VenueSecret& secret) { return crypto::HmacKey{secret.view().subspan(32)}; }

domain::VenueKey usable(const VenueSecret& secret, bool is_revoked) {
  return {.poster = poster_key(secret).public_key(), .screen = screen_key(secret), .is_revoked = is_revoked};
}

Result<void> log_key(LoggedUnit& unit, const VenueId& venue, std::uint16_t key_id, const Hash& digest, bool added) {
  TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                              .owner = codec::hex(venue.bytes()),
                              .use = "venue",
                              .key_id = std::to_string(key_id),
                              .public_key_digest = digest,
                              .added = added}));
  return ok();
}

Result<void> put_key(LoggedUnit& unit, const store::KeyRing& ring, const VenueId& venue, std::uint16_t key_id,
                     const VenueSecret& secret) {
  const auto public_key = poster_key(secret).public_key();
  const auto address = key_address(venue, key_id);
  TRY(sealed, store::RowSealer{ring}.seal({.table = "venue_key", .primary_key = address, .version = row_version},
                                          secret.view()));
  TRYV(unit.transaction().run(
      store::Sql{"INSERT INTO venue_key (venue_id, key_id, public_key, sealed, added_at) VALUES ($1, $2, $3, $4, $5)"},
      {venue.bytes(), std::int64_t{key_id}, BytesView{public_key.bytes()}, BytesView{sealed},
       static_cast<std::int64_t>(unix_seconds(unit.now()))}));
  return log_key(unit, venue, key_id, crypto::sha256(public_key.bytes()), true);
}

Result<VenueSecret> open_secret(const store::KeyRing& ring, const VenueId& venue, std::uint16_t key_id,
                                BytesView sealed) {
  const auto address = key_address(venue, key_id);
  TRY(plain,
      store::RowSealer{ring}.open({.table = "venue_key", .primary_key = address, .version = row_version}, sealed));
  if (plain.size() != VenueSecret::size()) return fail(Errc::corrupt, "venue_key: length");
  VenueSecret secret{take<64>(plain)};
  wipe(plain.data(), plain.size());
  return secret;
}

Result<StoredKey> newest_key(const Platform& platform, const VenueId& venue) {
  std::optional<std::uint16_t> key_id;
  Bytes sealed;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT key_id, sealed FROM venue_key WHERE venue_id = $1 AND revoked_at IS NULL "
                                    "ORDER BY key_id"},
                         {venue.bytes()}, [&](const store::Row& row) {
                           key_id = static_cast<std::uint16_t>(row.integer(0));
                           sealed = to_bytes(row.bytes(1));
                         }));
    return ok();
  }));
  if (!key_id) return fail(Errc::not_found, "no such venue");
  TRY(secret, open_secret(platform.ring, venue, *key_id, sealed));
  return StoredKey{.id = *key_id, .secret = std::move(secret)};
}

}  // namespace

Result<void> add_venues(const Platform& platform, const std::vector<NewVenue>& venues) {
  for (const auto& venue : venues) {
    if (venue.name.empty() || venue.name.size() > name_max)
      return fail(Errc::invalid_argument, "venue name: 1 to 200 bytes");
    if (venue.category == domain::Category::general) return fail(Errc::invalid_argument, "venue category");
  }
  std::vector<VenueSecret> secrets;
  for (std::size_t i = 0; i < venues.size(); ++i) secrets.push_back(crypto::random_secret<64>());
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    for (std::size_t i = 0; i < venues.size(); ++i) {
      const auto& venue = venues[i];
      TRY(added, unit.transaction().run(
                     store::Sql{"INSERT INTO venue (venue_id, name, category, capacity, created_at) "
                                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (venue_id) DO NOTHING"},
                     {venue.id.bytes(), std::string_view{venue.name}, static_cast<std::int64_t>(venue.category),
                      static_cast<std::int64_t>(venue.capacity), static_cast<std::int64_t>(unix_seconds(unit.now()))}));
      if (added == 0) return fail(Errc::conflict, "a venue of this id exists");
      TRYV(put_key(unit, platform.ring, venue.id, 1, secrets[i]));
    }
    return ok();
  }));
  for (std::size_t i = 0; i < venues.size(); ++i) {
    platform.venues.put({.id = venues[i].id,
                         .name = venues[i].name,
                         .category = venues[i].category,
                         .capacity = venues[i].capacity,
                         .keys = {{std::uint16_t{1}, usable(secrets[i], false)}}});
  }
  return ok();
}

Result<void> load_venues(const Platform& platform) {
  std::map<VenueId, domain::Venue> venues;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT venue_id, name, category, capacity FROM venue"}, {},
                         [&](const store::Row& row) {
                           const VenueId id{take<16>(row.bytes(0))};
                           venues.emplace(id, domain::Venue{.id = id,
                                                            .name = std::string{row.text(1)},
                                                            .category = static_cast<domain::Category>(row.integer(2)),
                                                            .capacity = static_cast<std::uint64_t>(row.integer(3)),
                                                            .keys = {}});
                         }));
    struct Row {
      VenueId venue;
      std::uint16_t key_id{};
      Bytes sealed;
      bool is_revoked{};
    };
    std::vector<Row> keys;
    TRYV(transaction.run(store::Sql{"SELECT venue_id, key_id, sealed, revoked_at FROM venue_key"}, {},
                         [&](const store::Row& row) {
                           keys.push_back({.venue = VenueId{take<16>(row.bytes(0))},
                                           .key_id = static_cast<std::uint16_t>(row.integer(1)),
                                           .sealed = to_bytes(row.bytes(2)),
                                           .is_revoked = !row.is_null(3)});
                         }));
    for (const auto& key : keys) {
      const auto venue = venues.find(key.venue);
      if (venue == venues.end()) continue;
      TRY(secret, open_secret(platform.ring, key.venue, key.key_id, key.sealed));
      venue->second.keys.emplace(key.key_id, usable(secret, key.is_revoked));
    }
    return ok();
  }));
  for (auto& [id, venue] : venues) platform.venues.put(std::move(venue));
  return ok();
}

Result<Bytes> poster_code(const Platform& platform, const VenueId& venue, Moment not_after) {
  TRY(key, newest_key(platform, venue));
  return domain::make_poster_code(venue, key.id, not_after, poster_key(key.secret));
}

Result<Bytes> rebuild_poster(const Platform& platform, BytesView head) {
  Bytes code = to_bytes(head);
  code.resize(domain::poster_code_size);
  TRY(parsed, domain::parse_venue_code(code));
  Bytes sealed;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT sealed FROM venue_key WHERE venue_id = $1 AND key_id = $2"},
                         {parsed.venue.bytes(), std::int64_t{parsed.key_id}},
                         [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
    return ok();
  }));
  if (sealed.empty()) return fail(Errc::not_found, "no such key of a venue");
  TRY(secret, open_secret(platform.ring, parsed.venue, parsed.key_id, sealed));
  return domain::make_poster_code(parsed.venue, parsed.key_id, parsed.time, poster_key(secret));
}

Result<Bytes> screen_code(const Platform& platform, const VenueId& venue) {
  TRY(key, newest_key(platform, venue));
  return domain::make_screen_code(venue, key.id, platform.clock.now(), screen_key(key.secret));
}

Result<Screen> screen_codes(const Platform& platform, const VenueId& venue, std::size_t steps) {
  TRY(key, newest_key(platform, venue));
  const auto mac_key = screen_key(key.secret);
  const auto step = static_cast<std::uint64_t>(domain::screen_step.count());
  auto from = moment_of(unix_seconds(platform.clock.now()) / step * step);
  Screen screen{.short_code = domain::venue_short_code(venue, key.id), .codes = {}};
  for (std::size_t i = 0; i < steps; ++i) {
    screen.codes.push_back({.from = from, .code = domain::make_screen_code(venue, key.id, from, mac_key)});
    from += domain::screen_step;
  }
  return screen;
}

Result<std::string> short_code(const Platform& platform, const VenueId& venue) {
  const auto known = platform.venues.find(venue);
  if (!known) return fail(Errc::not_found, "no such venue");
  std::uint16_t newest = 0;
  for (const auto& [id, key] : known->keys) {
    if (!key.is_revoked) newest = std::max(newest, id);
  }
  return domain::venue_short_code(venue, newest);
}

Result<void> replace_venue_key(const Platform& platform, const VenueId& venue) {
  TRY(old_key, newest_key(platform, venue));
  if (old_key.id == UINT16_MAX) return fail(Errc::conflict, "this venue has used all its key ids");
  const auto secret = crypto::random_secret<64>();
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(unit.transaction().run(
        store::Sql{"UPDATE venue_key SET revoked_at = $3 WHERE venue_id = $1 AND key_id = $2"},
        {venue.bytes(), std::int64_t{old_key.id}, static_cast<std::int64_t>(unix_seconds(unit.now()))}));
    TRYV(log_key(unit, venue, old_key.id, crypto::sha256(poster_key(old_key.secret).public_key().bytes()), false));
    return put_key(unit, platform.ring, venue, static_cast<std::uint16_t>(old_key.id + 1), secret);
  }));
  return load_venues(platform);
}

Result<std::vector<VenueListing>> list_venues(const Platform& platform) {
  std::vector<VenueListing> listing;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT v.venue_id, v.name, v.category, v.capacity, o.inside FROM venue v "
                                    "LEFT JOIN occupancy o ON o.venue_id = v.venue_id ORDER BY v.name, v.venue_id"},
                         {}, [&](const store::Row& row) {
                           listing.push_back(
                               {.id = VenueId{take<16>(row.bytes(0))},
                                .name = std::string{row.text(1)},
                                .category = static_cast<domain::Category>(row.integer(2)),
                                .capacity = static_cast<std::uint64_t>(row.integer(3)),
                                .inside = row.is_null(4) ? 0 : static_cast<std::uint64_t>(row.integer(4))});
                         }));
    return ok();
  }));
  return listing;
}

}  // namespace lindung::service
