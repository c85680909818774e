#include "people/venue_members.h"

#include <algorithm>
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
#include "people/caller.h"
#include "service/one_time_code.h"
#include "service/platform.h"
#include "service/venue_day.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

constexpr std::uint32_t row_version = 1;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

ByteArray<32> member_key(const VenueId& venue, const AccountId& account) {
  ByteArray<32> key;
  std::ranges::copy(venue.value(), key.begin());
  std::ranges::copy(account.value(), key.begin() + 16);
  return key;
}

Result<VenueRole> role_of(std::int64_t number) {
  if (number != 1 && number != 2) return fail(Errc::corrupt, "venue_member: role");
  return static_cast<VenueRole>(number);
}

// Serialises changes of one venue's members: the row of its watch is there from the first member on.
Result<void> lock_venue(store::Transaction& transaction, const VenueId& venue) {
  TRYV(service::watch_venue(transaction, venue));
  if (transaction.engine() == store::Engine::postgresql) {
    TRYV(transaction.run(store::Sql{"SELECT venue_id FROM venue_watch WHERE venue_id = $1 FOR UPDATE"},
                         {venue.bytes()}));
  }
  return ok();
}

store::RowAddress member_address(BytesView key) {
  return {.table = "venue_member", .primary_key = key, .version = row_version};
}

// Role and label, bound to venue and account: who can write rows lets nobody work for a venue.
Bytes terms_of(VenueRole role, std::string_view label) {
  return Message{}.u8(static_cast<std::uint8_t>(role)).text(label).take();
}

// The label. Errors: corrupt where another role was sealed.
Result<std::string> label_in(const store::KeyRing& ring, const VenueId& venue, const AccountId& account, VenueRole role,
                             BytesView sealed) {
  const auto key = member_key(venue, account);
  TRY(terms, store::RowSealer{ring}.open(member_address(key), sealed));
  if (terms.empty() || terms.front() != static_cast<std::uint8_t>(role)) return fail(Errc::corrupt, "venue_member");
  return std::string{as_text(BytesView{terms}.subspan(1))};
}

struct Membership {
  VenueRole role{VenueRole::staff};
  std::string label;
};

Result<std::optional<Membership>> find_member(store::Transaction& transaction, const store::KeyRing& ring,
                                              const VenueId& venue, const AccountId& account) {
  std::optional<std::int64_t> found;
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT role, sealed FROM venue_member WHERE venue_id = $1 AND account_id = $2"},
                       {venue.bytes(), account.bytes()}, [&](const store::Row& row) {
                         found = row.integer(0);
                         sealed = to_bytes(row.bytes(1));
                       }));
  if (!found) return std::optional<Membership>{};
  Membership member;
  BOOST_OUTCOME_TRY(member.role, role_of(*found));
  BOOST_OUTCOME_TRY(member.label, label_in(ring, venue, account, member.role, sealed));
  return std::optional{std::move(member)};
}

struct Invitation {
  VenueId venue;
  VenueRole role{VenueRole::staff};
  std::string label;
};

store::RowAddress code_address(const Hash& digest) {
  return {.table = "venue_code", .primary_key = digest, .version = row_version};
}

// What an invitation is for, before its label: bound to its code.
Bytes head_of(const VenueId& venue, VenueRole role, std::int64_t expires_at) {
  return Message{}
      .raw(venue.bytes())
      .u8(static_cast<std::uint8_t>(role))
      .be(static_cast<std::uint64_t>(expires_at))
      .take();
}

Result<Invitation> take_code(store::Transaction& transaction, const store::KeyRing& ring, const Hash& digest,
                             Moment now) {
  std::optional<std::int64_t> role_number;
  std::int64_t expires_at = 0;
  Invitation found;
  Bytes sealed;
  TRYV(transaction.run(
      store::Sql{
          "SELECT venue_id, role, sealed, expires_at FROM venue_code WHERE code_digest = $1 AND expires_at > $2"},
      {BytesView{digest}, as_int(now)}, [&](const store::Row& row) {
        found.venue = VenueId{take<16>(row.bytes(0))};
        role_number = row.integer(1);
        sealed = to_bytes(row.bytes(2));
        expires_at = row.integer(3);
      }));
  if (!role_number) return fail(Errc::denied, "code");
  // Two browsers at once: one of them takes it.
  TRY(taken, transaction.run(store::Sql{"DELETE FROM venue_code WHERE code_digest = $1"}, {BytesView{digest}}));
  if (taken != 1) return fail(Errc::denied, "code");
  BOOST_OUTCOME_TRY(found.role, role_of(*role_number));
  TRY(terms, store::RowSealer{ring}.open(code_address(digest), sealed));
  const auto head = head_of(found.venue, found.role, expires_at);
  if (terms.size() < head.size() || !std::ranges::equal(head, BytesView{terms}.first(head.size()))) {
    return fail(Errc::corrupt, "venue_code");
  }
  found.label = as_text(BytesView{terms}.subspan(head.size()));
  return found;
}

}  // namespace

std::string_view name_of(VenueRole role) noexcept { return role == VenueRole::owner ? "owner" : "staff"; }

Result<VenueCodeMade> make_venue_code(const service::Platform& platform, const VenueId& venue, VenueRole role,
                                      std::string_view label) {
  if (!platform.venues.find(venue)) return fail(Errc::not_found, "no such venue");
  if (label.size() > longest_label) return fail(Errc::invalid_argument, "label: at most 64 bytes");
  const auto now = platform.clock.now();
  VenueCodeMade made{.code = service::make_one_time_code(),
                     .expires_at = now + (role == VenueRole::owner ? owner_code_age : staff_code_age)};
  TRY(digest, service::one_time_code_digest(made.code));
  auto terms = head_of(venue, role, as_int(made.expires_at));
  terms.insert(terms.end(), label.begin(), label.end());
  TRY(sealed, store::RowSealer{platform.ring}.seal(code_address(digest), terms));
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM venue_code WHERE expires_at <= $1"}, {as_int(now)}));
    TRYV(transaction.run(
        store::Sql{
            "INSERT INTO venue_code (code_digest, venue_id, role, expires_at, sealed) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (code_digest) DO NOTHING"},
        {BytesView{digest}, venue.bytes(), static_cast<std::int64_t>(role), as_int(made.expires_at),
         BytesView{sealed}}));
    return ok();
  }));
  return made;
}

Result<VenuePlace> join_venue(const service::Platform& platform, const AccountId& account, std::string_view code) {
  const auto digest = service::one_time_code_digest(code);
  if (digest.has_error()) return fail(Errc::denied, "code");
  VenuePlace place;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    const auto now = platform.clock.now();
    TRY(invited, take_code(transaction, platform.ring, digest.value(), now));
    TRYV(lock_venue(transaction, invited.venue));
    TRY(present, find_member(transaction, platform.ring, invited.venue, account));
    place = {.venue = invited.venue, .role = present ? std::min(present->role, invited.role) : invited.role};
    if (!present) {
      TRY(members, transaction.run(store::Sql{"SELECT account_id FROM venue_member WHERE venue_id = $1"},
                                   {invited.venue.bytes()}));
      if (members >= most_venue_members) return fail(Errc::conflict, "this venue has too many members");
    }
    // The label of the first code stays.
    return put_member(transaction, platform.ring, place.venue, account, place.role,
                      present ? present->label : invited.label, now);
  }));
  return place;
}

Result<void> put_member(store::Transaction& transaction, const store::KeyRing& ring, const VenueId& venue,
                        const AccountId& account, VenueRole role, std::string_view label, Moment now) {
  const auto key = member_key(venue, account);
  TRY(sealed, store::RowSealer{ring}.seal(member_address(key), terms_of(role, label)));
  TRYV(service::watch_venue(transaction, venue));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO venue_member (venue_id, account_id, role, since, sealed) VALUES ($1, $2, $3, $4, $5) "
                 "ON CONFLICT (venue_id, account_id) DO UPDATE SET role = excluded.role, sealed = excluded.sealed"},
      {venue.bytes(), account.bytes(), static_cast<std::int64_t>(role), as_int(now), BytesView{sealed}}));
  TRYV(transaction.run(store::Sql{"INSERT INTO account_venue (account_id, venue_id) VALUES ($1, $2) "
                                  "ON CONFLICT (account_id, venue_id) DO NOTHING"},
                       {account.bytes(), venue.bytes()}));
  return ok();
}

Result<std::vector<VenuePlace>> venues_of(const service::Platform& platform, const AccountId& account) {
  std::vector<VenuePlace> places;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    places.clear();
    TRYV(transaction.run(store::Sql{"SELECT venue_id FROM account_venue WHERE account_id = $1 ORDER BY venue_id"},
                         {account.bytes()},
                         [&](const store::Row& row) { places.push_back({.venue = VenueId{take<16>(row.bytes(0))}}); }));
    for (auto& place : places) {
      TRY(member, find_member(transaction, platform.ring, place.venue, account));
      if (!member) return fail(Errc::corrupt, "account_venue: no member");
      place.role = member->role;
    }
    return ok();
  }));
  return places;
}

Result<VenueRole> role_in(const service::Platform& platform, const AccountId& account, const VenueId& venue) {
  std::optional<VenueRole> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(member, find_member(transaction, platform.ring, venue, account));
    found = member ? std::optional{member->role} : std::nullopt;
    return ok();
  }));
  if (!found) return fail(Errc::not_found);
  return *found;
}

Result<std::vector<VenueMember>> list_members(const service::Platform& platform, const VenueId& venue) {
  std::vector<VenueMember> members;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    members.clear();
    std::vector<std::pair<std::int64_t, Bytes>> kept;
    TRYV(transaction.run(store::Sql{"SELECT account_id, since, role, sealed FROM venue_member WHERE venue_id = $1 "
                                    "ORDER BY role, since, account_id"},
                         {venue.bytes()}, [&](const store::Row& row) {
                           members.push_back({.account = AccountId{take<16>(row.bytes(0))},
                                              .label = {},
                                              .since = moment_of(static_cast<std::uint64_t>(row.integer(1)))});
                           kept.emplace_back(row.integer(2), to_bytes(row.bytes(3)));
                         }));
    for (std::size_t i = 0; i < members.size(); ++i) {
      BOOST_OUTCOME_TRY(members[i].role, role_of(kept[i].first));
      BOOST_OUTCOME_TRY(members[i].label,
                        label_in(platform.ring, venue, members[i].account, members[i].role, kept[i].second));
    }
    return ok();
  }));
  return members;
}

Result<void> remove_member(const service::Platform& platform, const VenueId& venue, const AccountId& account) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(lock_venue(transaction, venue));
    TRY(member, find_member(transaction, platform.ring, venue, account));
    if (!member) return fail(Errc::not_found);
    if (member->role == VenueRole::owner) {
      TRY(owners, transaction.run(store::Sql{"SELECT account_id FROM venue_member WHERE venue_id = $1 AND role = $2"},
                                  {venue.bytes(), static_cast<std::int64_t>(VenueRole::owner)}));
      if (owners < 2) return fail(Errc::conflict, "the last owner of a venue stays");
    }
    TRYV(transaction.run(store::Sql{"DELETE FROM venue_member WHERE venue_id = $1 AND account_id = $2"},
                         {venue.bytes(), account.bytes()}));
    TRYV(transaction.run(store::Sql{"DELETE FROM account_venue WHERE account_id = $1 AND venue_id = $2"},
                         {account.bytes(), venue.bytes()}));
    return ok();
  });
}

}  // namespace lindung::people
