#include "travel/border_lists.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/border_desk.h"
#include "domain/border_list.h"
#include "domain/card_claims.h"
#include "store/database.h"
#include "store/ring.h"
#include "travel/cards.h"
#include "travel/day_list.h"
#include "travel/devices.h"
#include "travel/ground.h"
#include "travel/signers.h"

namespace lindung::travel {

namespace {

using store::Row;
using store::Sql;
using store::Transaction;

// Days of travel whose cards a desk may see before its next list: who departed two days ago arrives now.
constexpr std::uint32_t days_back = 3;
constexpr std::uint32_t days_ahead = 3;

Result<std::uint64_t> next_serial(const Ground& ground, const Device& device) {
  std::uint64_t serial = 0;
  TRYV(ground.database.write([&](Transaction& transaction) -> Result<void> {
    const Hash none{};
    TRYV(transaction.run(Sql{"INSERT INTO travel_desk_row (device_id, number, hash, serial) VALUES ($1, 0, $2, 1) "
                             "ON CONFLICT (device_id) DO UPDATE SET serial = travel_desk_row.serial + 1"},
                         {std::string_view{device.id}, BytesView{none}}));
    TRYV(transaction.run(Sql{"SELECT serial FROM travel_desk_row WHERE device_id = $1"}, {std::string_view{device.id}},
                         [&](const Row& row) { serial = static_cast<std::uint64_t>(row.integer(0)); }));
    return ok();
  }));
  return serial;
}

// A card that moved to another day has a row in both: the newest version says what is.
void put_card(domain::BorderList& list, const domain::ListedCard& card) {
  const auto known = std::ranges::find(list.cards, card.id, &domain::ListedCard::id);
  if (known == list.cards.end()) {
    list.cards.push_back(card);
  } else if (known->version < card.version) {
    *known = card;
  }
}

Result<void> put_day(const Ground& ground, domain::BorderList& list, Day day) {
  auto of_day = day_list(ground, list.port, day);
  // Over, or so far ahead that nobody files for it.
  if (of_day.has_error() && (of_day.error().code == Errc::denied || of_day.error().code == Errc::not_found)) {
    return ok();
  }
  if (of_day.has_error()) return of_day.error();
  auto& made = of_day.value();
  list.document_keys.push_back({.day = day, .key = std::move(made.document_key)});
  for (const auto& each : made.cards) {
    const bool is_withdrawn = each.state != CardState::valid;
    if (each.version > 1 || is_withdrawn) {
      put_card(list, {.id = each.id, .version = each.version, .is_withdrawn = is_withdrawn});
    }
  }
  return ok();
}

}  // namespace

Result<domain::BorderList> make_border_list(const Ground& ground, const Device& device) {
  const auto now = ground.clock.now();
  TRY(serial, next_serial(ground, device));
  domain::BorderList list{.device = device.id,
                          .port = device.port,
                          .made_at = now,
                          .serial = serial,
                          .keys = {},
                          .document_keys = {},
                          .cards = {},
                          .passings = {}};
  TRY(signers, public_signers(ground));
  for (auto& each : signers) {
    list.keys.push_back({.point = std::move(each.point), .not_before = each.not_before, .not_after = each.not_after});
  }
  const auto today = day_of(now).number;
  for (auto day = today - days_back; day <= today + days_ahead; ++day) {
    TRYV(put_day(ground, list, Day{day}));
  }
  TRYV(ground.database.read([&](Transaction& transaction) -> Result<void> {
    list.passings.clear();
    TRYV(transaction.run(
        Sql{"SELECT card_id, mark, verdict, at, device_id FROM travel_passing WHERE port = $1 AND "
            "travel_day >= $2 AND travel_day <= $3"},
        {std::string_view{device.port}, std::int64_t{today - days_back}, std::int64_t{today + days_ahead}},
        [&](const Row& row) {
          list.passings.push_back({.card = domain::CardId{take<16>(row.bytes(0))},
                                   .mark = take<8>(row.bytes(1)),
                                   .verdict = static_cast<domain::DeskVerdict>(row.integer(2)),
                                   .at = moment_of(static_cast<std::uint64_t>(row.integer(3))),
                                   .device = std::string{row.text(4)}});
        }));
    return ok();
  }));
  return list;
}

Result<Bytes> border_list_for(const Ground& ground, const Device& device, const crypto::X25519PublicKey& sealing_key) {
  TRY(list, make_border_list(ground, device));
  TRY(seed, ground.ring.key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}));
  return domain::seal_border_list(list, crypto::Ed25519PrivateKey::from_seed(seed), sealing_key);
}

}  // namespace lindung::travel
