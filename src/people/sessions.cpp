#include "people/sessions.h"

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
#include "codec/cbor.h"
#include "codec/utf8.h"
#include "crypto/random.h"
#include "people/caller.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

constexpr std::string_view purpose = "session";
constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items = 6;
constexpr seconds noted_every{60};

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
Moment moment_in(const store::Row& row, int column) {
  return moment_of(static_cast<std::uint64_t>(row.integer(column)));
}

store::RowAddress address(const Hash& index) {
  return {.table = "session", .primary_key = index, .version = row_version};
}

// What a browser says of itself, as a line that can be shown: no control characters, whole characters only.
std::string device_name(std::string_view said) {
  if (!codec::is_utf8(said)) return {};
  std::string out;
  std::size_t characters = 0;
  for (const char c : said) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = (byte & 0xC0U) != 0x80U;
    if (begins && ++characters > longest_device_name) break;
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return out;
}

Bytes encode(const NewSession& session) {
  codec::CborWriter out;
  out.array(items)
      .uint(1)
      .uint(static_cast<std::uint64_t>(session.role))
      .bytes(session.account.bytes())
      .bytes(session.citizen ? session.citizen->bytes() : BytesView{})
      .text(session.officer.value())
      .text(device_name(session.device));
  return std::move(out).take();
}

struct Opened {
  Role role{};
  std::optional<CitizenRef> citizen;
  OfficerId officer;
  std::string device;
};

// Whose a session is stands in the sealed part too: who can write rows moves none to another account.
Result<Opened> decode(BytesView plain, const AccountId& account) {
  codec::CborReader in{plain};
  TRY(count, in.array());
  TRY(version, in.uint());
  if (count != items || version != 1) return fail(Errc::corrupt, "session: version");
  TRY(role, in.uint());
  TRY(owner, in.bytes());
  TRY(citizen, in.bytes());
  TRY(officer, in.text());
  TRY(device, in.text());
  TRYV(in.end());
  if (role == 0 || role > static_cast<std::uint64_t>(Role::officer) || (!citizen.empty() && citizen.size() != 16)) {
    return fail(Errc::corrupt, "session: role");
  }
  if (!std::ranges::equal(owner, account.bytes())) return fail(Errc::corrupt, "session: account");
  return Opened{.role = static_cast<Role>(role),
                .citizen = citizen.empty() ? std::nullopt : std::optional{CitizenRef{take<16>(citizen)}},
                .officer = OfficerId{std::string{officer}},
                .device = std::string{device}};
}

seconds rest_time(Role role) noexcept { return role == Role::citizen ? longest_rest : longest_session; }

Result<void> erase(store::Transaction& transaction, const AccountId& account, const SessionId& session,
                   const Hash& index) {
  TRYV(transaction.run(store::Sql{"DELETE FROM session WHERE token_index = $1"}, {BytesView{index}}));
  TRYV(transaction.run(store::Sql{"DELETE FROM account_session WHERE account_id = $1 AND session_id = $2"},
                       {account.bytes(), session.bytes()}));
  return ok();
}

struct Place {
  SessionId id;
  Hash index{};
};

Result<std::vector<Place>> places_of(store::Transaction& transaction, const AccountId& account) {
  std::vector<Place> out;
  TRYV(transaction.run(store::Sql{"SELECT session_id, token_index FROM account_session WHERE account_id = $1"},
                       {account.bytes()}, [&](const store::Row& row) {
                         out.push_back({.id = SessionId{take<16>(row.bytes(0))}, .index = take<32>(row.bytes(1))});
                       }));
  return out;
}

// Makes place for one more.
Result<void> end_surplus(store::Transaction& transaction, const AccountId& account) {
  TRY(places, places_of(transaction, account));
  if (places.size() < most_sessions) return ok();
  struct Used {
    std::int64_t at{};
    Place place;
  };
  std::vector<Used> all;
  for (const auto& place : places) {
    std::int64_t at = 0;
    TRYV(transaction.run(store::Sql{"SELECT used_at FROM session WHERE token_index = $1"}, {BytesView{place.index}},
                         [&](const store::Row& row) { at = row.integer(0); }));
    all.push_back({.at = at, .place = place});
  }
  std::ranges::sort(all, {}, &Used::at);
  for (std::size_t i = 0; i + most_sessions <= all.size(); ++i) {
    TRYV(erase(transaction, account, all[i].place.id, all[i].place.index));
  }
  return ok();
}

}  // namespace

Result<OpenedSession> Sessions::open(store::Transaction& transaction, const NewSession& session, Moment now) const {
  OpenedSession opened{.token = crypto::random_secret<32>(), .id = SessionId{crypto::random_bytes<16>()}};
  TRY(index, store::BlindIndex{platform_.ring}.of(purpose, opened.token.view()));
  TRY(sealed, store::RowSealer{platform_.ring}.seal(address(index), encode(session)));
  TRYV(end_surplus(transaction, session.account));
  const auto at = as_int(now);
  TRYV(transaction.run(
      store::Sql{"INSERT INTO session (token_index, account_id, session_id, began_at, used_at, proved_at, ends_at, "
                 "by_passkey, sealed) VALUES ($1, $2, $3, $4, $4, $4, $5, $6, $7)"},
      {BytesView{index}, session.account.bytes(), opened.id.bytes(), at, as_int(now + rest_time(session.role)),
       std::int64_t{session.by_passkey ? 1 : 0}, BytesView{sealed}}));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO account_session (account_id, session_id, token_index) VALUES ($1, $2, $3)"},
      {session.account.bytes(), opened.id.bytes(), BytesView{index}}));
  return opened;
}

Result<Caller> Sessions::find(BytesView token) const {
  TRY(index, store::BlindIndex{platform_.ring}.of(purpose, token));
  const auto now = platform_.clock.now();
  Caller caller;
  Moment used_at;
  Moment ends_at;
  Bytes sealed;
  TRYV(platform_.database.ask(
      store::Sql{"SELECT account_id, session_id, began_at, used_at, proved_at, ends_at, by_passkey, sealed "
                 "FROM session WHERE token_index = $1"},
      {BytesView{index}}, [&](const store::Row& row) {
        caller.account = AccountId{take<16>(row.bytes(0))};
        caller.session = SessionId{take<16>(row.bytes(1))};
        caller.began_at = moment_in(row, 2);
        used_at = moment_in(row, 3);
        caller.proved_at = moment_in(row, 4);
        ends_at = moment_in(row, 5);
        caller.by_passkey = row.integer(6) != 0;
        sealed = to_bytes(row.bytes(7));
      }));
  if (sealed.empty() || now >= ends_at) return fail(Errc::bad_signature);
  TRY(plain, store::RowSealer{platform_.ring}.open(address(index), sealed));
  TRY(opened, decode(plain, caller.account));
  caller.role = opened.role;
  caller.person = opened.citizen;
  caller.citizen = opened.citizen;
  caller.officer = opened.officer;
  const bool is_over = now - used_at >= idle_time(caller.role) || now - caller.began_at >= longest_session;
  if (is_over && caller.role != Role::citizen) return fail(Errc::bad_signature);
  caller.is_resting = is_over;
  if (!is_over && now - used_at >= noted_every) {
    TRYV(platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(store::Sql{"UPDATE session SET used_at = $2 WHERE token_index = $1 AND used_at < $2"},
                           {BytesView{index}, as_int(now)}));
      return ok();
    }));
  }
  return caller;
}

Result<void> Sessions::prove(store::Transaction& transaction, const Caller& caller, Moment now) const {
  TRY(places, places_of(transaction, caller.account));
  for (const auto& place : places) {
    if (place.id != caller.session) continue;
    TRYV(transaction.run(store::Sql{"UPDATE session SET proved_at = $2, used_at = $2 WHERE token_index = $1"},
                         {BytesView{place.index}, as_int(now)}));
    return ok();
  }
  return fail(Errc::bad_signature);
}

Result<std::vector<SessionLine>> Sessions::list(const AccountId& account) const {
  const auto now = platform_.clock.now();
  std::vector<SessionLine> out;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRY(places, places_of(transaction, account));
    for (const auto& place : places) {
      SessionLine line{.id = place.id, .device = {}, .began_at = {}, .used_at = {}};
      Bytes sealed;
      TRYV(transaction.run(store::Sql{"SELECT began_at, used_at, ends_at, by_passkey, sealed FROM session "
                                      "WHERE token_index = $1"},
                           {BytesView{place.index}}, [&](const store::Row& row) {
                             line.began_at = moment_in(row, 0);
                             line.used_at = moment_in(row, 1);
                             line.by_passkey = row.integer(3) != 0;
                             if (now < moment_in(row, 2)) sealed = to_bytes(row.bytes(4));
                           }));
      if (sealed.empty()) continue;
      TRY(plain, store::RowSealer{platform_.ring}.open(address(place.index), sealed));
      TRY(opened, decode(plain, account));
      line.device = std::move(opened.device);
      out.push_back(std::move(line));
    }
    return ok();
  }));
  std::ranges::sort(out, [](const SessionLine& a, const SessionLine& b) {
    return std::pair{b.began_at, b.id} < std::pair{a.began_at, a.id};
  });
  return out;
}

Result<std::size_t> Sessions::end(store::Transaction& transaction, const AccountId& account,
                                  const SessionId& session) const {
  TRY(places, places_of(transaction, account));
  std::size_t ended = 0;
  for (const auto& place : places) {
    if (place.id != session) continue;
    TRYV(erase(transaction, account, place.id, place.index));
    ++ended;
  }
  return ended;
}

Result<std::size_t> Sessions::end_all(store::Transaction& transaction, const AccountId& account) const {
  TRY(places, places_of(transaction, account));
  for (const auto& place : places) {
    TRYV(erase(transaction, account, place.id, place.index));
  }
  return places.size();
}

Result<std::size_t> Sessions::end(const AccountId& account, const SessionId& session) const {
  std::size_t ended = 0;
  TRYV(platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(count, end(transaction, account, session));
    ended = count;
    return ok();
  }));
  return ended;
}

Result<std::size_t> Sessions::end_all(const AccountId& account) const {
  std::size_t ended = 0;
  TRYV(platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(count, end_all(transaction, account));
    ended = count;
    return ok();
  }));
  return ended;
}

Result<void> Sessions::forget_old() const {
  const auto now = as_int(platform_.clock.now());
  return platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
    struct Old {
      AccountId account;
      Place place;
    };
    std::vector<Old> old;
    TRYV(transaction.run(store::Sql{"SELECT account_id, session_id, token_index FROM session WHERE ends_at <= $1 "
                                    "LIMIT 1000"},
                         {now}, [&](const store::Row& row) {
                           old.push_back(
                               {.account = AccountId{take<16>(row.bytes(0))},
                                .place = {.id = SessionId{take<16>(row.bytes(1))}, .index = take<32>(row.bytes(2))}});
                         }));
    for (const auto& each : old) {
      TRYV(erase(transaction, each.account, each.place.id, each.place.index));
    }
    return ok();
  });
}

}  // namespace lindung::people
