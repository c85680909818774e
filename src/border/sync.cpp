#include "border/sync.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "border/desk.h"
#include "border/device.h"
#include "domain/border_desk.h"
#include "domain/border_list.h"
#include "domain/card_claims.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::border {

namespace {

using store::Row;
using store::Sql;
using store::Transaction;

constexpr std::chrono::minutes of_this_moment{5};
constexpr std::chrono::days scans_kept{3};
constexpr std::chrono::days passings_kept{14};

std::int64_t as_int(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::int64_t as_int(Moment at) { return as_int(unix_seconds(at)); }
std::uint64_t number_in(const Row& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

// A list that the server made just now vouches for the device's clock.
Result<bool> mend_clock(const Device& device, Transaction& transaction, const domain::BorderList& list) {
  const auto now = device.now();
  TRY(last_s, state_number(transaction, "last_at"));
  const bool is_fresh = now - list.made_at <= of_this_moment && list.made_at - now <= of_this_moment;
  if (is_fresh && moment_of(last_s) > now) {
    TRYV(set_state_number(transaction, "last_at", unix_seconds(now)));
    return true;
  }
  TRYV(device.tick(transaction));
  return false;
}

Result<void> put_keys(const Device& device, Transaction& transaction, const domain::BorderList& list) {
  TRYV(transaction.run(Sql{"DELETE FROM listed_key"}, {}));
  for (const auto& each : list.keys) {
    TRYV(transaction.run(Sql{"INSERT INTO listed_key (point, not_before, not_after) VALUES ($1, $2, $3) "
                             "ON CONFLICT DO NOTHING"},
                         {BytesView{each.point}, as_int(each.not_before), as_int(each.not_after)}));
  }
  TRYV(transaction.run(Sql{"DELETE FROM document_key"}, {}));
  for (const auto& each : list.document_keys) {
    ByteArray<4> primary_key{};
    put_be(MutableBytes{primary_key}, each.day.number);
    const auto sealed =
        store::seal_under(device.identity().row_key,
                          {.table = "document_key", .primary_key = primary_key, .version = 1}, each.key.view());
    TRYV(transaction.run(Sql{"INSERT INTO document_key (day, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING"},
                         {std::int64_t{each.day.number}, BytesView{sealed}}));
  }
  return ok();
}

// Our own passings stay: the server may not have heard of them.
Result<void> put_cards(const Device& device, Transaction& transaction, const domain::BorderList& list) {
  TRYV(transaction.run(Sql{"DELETE FROM listed_card"}, {}));
  for (const auto& each : list.cards) {
    TRYV(transaction.run(Sql{"INSERT INTO listed_card (card_id, version, withdrawn) VALUES ($1, $2, $3) "
                             "ON CONFLICT DO NOTHING"},
                         {each.id.bytes(), as_int(each.version), std::int64_t{each.is_withdrawn ? 1 : 0}}));
  }
  const std::string_view own = device.identity().id;
  TRYV(transaction.run(Sql{"DELETE FROM passing WHERE device <> $1"}, {own}));
  for (const auto& each : list.passings) {
    if (each.device == own || each.verdict == domain::DeskVerdict::test) continue;
    TRYV(transaction.run(Sql{"INSERT INTO passing (card_id, mark, device, at, verdict) VALUES ($1, $2, $3, $4, $5) "
                             "ON CONFLICT DO NOTHING"},
                         {each.card.bytes(), BytesView{each.mark}, std::string_view{each.device}, as_int(each.at),
                          static_cast<std::int64_t>(each.verdict)}));
  }
  return ok();
}

Result<void> forget_old(Transaction& transaction, Moment now) {
  const auto scans = as_int(now - scans_kept);
  const auto passings = as_int(now - passings_kept);
  TRYV(transaction.run(Sql{"DELETE FROM scan_person WHERE scan_id IN (SELECT scan_id FROM scan WHERE at < $1)"},
                       {scans}));
  TRYV(transaction.run(Sql{"DELETE FROM scan WHERE at < $1"}, {scans}));
  TRYV(transaction.run(Sql{"DELETE FROM passing WHERE at < $1"}, {passings}));
  TRYV(transaction.run(Sql{"DELETE FROM decision WHERE sent_at IS NOT NULL AND at < $1"}, {passings}));
  TRYV(transaction.run(Sql{"DELETE FROM conflict WHERE told_at < $1"}, {passings}));
  return ok();
}

void count(HourFigures& hour, domain::DeskVerdict verdict) {
  switch (verdict) {
    case domain::DeskVerdict::admit: ++hour.admitted; return;
    case domain::DeskVerdict::test: ++hour.tested; return;
    case domain::DeskVerdict::refuse: ++hour.refused; return;
    case domain::DeskVerdict::isolate: ++hour.isolated; return;
  }
}

Result<void> read_decided(Transaction& transaction, Moment since, QueueFigures& out) {
  std::map<std::uint32_t, HourFigures> hours;
  std::vector<std::uint64_t> waits;
  TRYV(transaction.run(Sql{"SELECT at, waited_s, verdict, overridden FROM decision WHERE at >= $1"}, {as_int(since)},
                       [&](const Row& row) {
                         const auto hour = hour_of(moment_of(number_in(row, 0)));
                         auto& of_hour = hours[hour.number];
                         of_hour.hour = start_of(hour);
                         count(of_hour, static_cast<domain::DeskVerdict>(row.integer(2)));
                         of_hour.overridden += number_in(row, 3);
                         waits.push_back(number_in(row, 1));
                       }));
  out.decided = waits.size();
  if (!waits.empty()) {
    const auto middle = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2);
    std::ranges::nth_element(waits, middle);
    out.median_s = *middle;
  }
  for (const auto& [number, hour] : hours) out.hours.push_back(hour);
  return ok();
}

}  // namespace

Result<ListTaken> take_list(Device& device, BytesView sealed) {
  TRY(list,
      domain::open_border_list(sealed, device.identity().id, device.identity().sealing_key, device.identity().server));
  if (list.port != device.identity().port) return fail(Errc::conflict, "the list is of another port");
  ListTaken taken{.serial = list.serial,
                  .made_at = list.made_at,
                  .keys = list.keys.size(),
                  .days = list.document_keys.size(),
                  .cards = list.cards.size(),
                  .passings = list.passings.size()};
  TRYV(device.database().write([&](Transaction& transaction) -> Result<void> {
    TRY(serial, state_number(transaction, "list_serial"));
    if (list.serial < serial) return fail(Errc::conflict, "the list is older than the one that is here", serial);
    TRY(mended, mend_clock(device, transaction, list));
    taken.clock_was_mended = mended;
    TRYV(put_keys(device, transaction, list));
    TRYV(put_cards(device, transaction, list));
    TRYV(set_state_number(transaction, "list_serial", list.serial));
    TRYV(set_state_number(transaction, "list_made_at", unix_seconds(list.made_at)));
    return forget_old(transaction, device.now());
  }));
  device.forget_travel_keys();
  return taken;
}

Result<std::vector<Bytes>> unsent_decisions(const Device& device, std::size_t most) {
  std::vector<Bytes> out;
  TRYV(device.database().read([&](Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(Sql{"SELECT bytes FROM decision WHERE sent_at IS NULL ORDER BY number LIMIT $1"},
                         {as_int(most)}, [&](const Row& row) { out.push_back(to_bytes(row.bytes(0))); }));
    return ok();
  }));
  return out;
}

Result<void> mark_sent(Device& device, std::uint64_t up_to) {
  return device.database().write([&](Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(Sql{"UPDATE decision SET sent_at = $2 WHERE number <= $1 AND sent_at IS NULL"},
                         {as_int(up_to), as_int(device.now())}));
    return ok();
  });
}

Result<std::vector<ConflictTold>> take_conflicts(Device& device, const std::vector<ConflictTold>& told) {
  std::vector<ConflictTold> fresh;
  TRYV(device.database().write([&](Transaction& transaction) -> Result<void> {
    fresh.clear();
    for (const auto& each : told) {
      TRY(added, transaction.run(Sql{"INSERT INTO conflict (card_id, mark, kind, told_at) VALUES ($1, $2, $3, $4) "
                                     "ON CONFLICT DO NOTHING"},
                                 {each.card.bytes(), BytesView{each.mark}, static_cast<std::int64_t>(each.kind),
                                  as_int(device.now())}));
      if (added > 0) fresh.push_back(each);
    }
    return ok();
  }));
  return fresh;
}

Result<QueueFigures> queue_figures(const Device& device) {
  QueueFigures out;
  const auto now = device.now();
  TRYV(device.database().read([&](Transaction& transaction) -> Result<void> {
    out = {};
    TRYV(read_decided(transaction, now - std::chrono::hours{24}, out));
    TRYV(transaction.run(Sql{"SELECT s.at FROM scan s JOIN scan_person p ON p.scan_id = s.scan_id "
                             "WHERE p.decided_at IS NULL AND s.at >= $1 AND s.refused IS NULL"},
                         {as_int(now - scan_life)}, [&](const Row& row) {
                           ++out.waiting;
                           const auto at = moment_of(number_in(row, 0));
                           const auto waited = at < now ? (now - at).count() : 0;
                           out.longest_wait_s = std::max(out.longest_wait_s, static_cast<std::uint64_t>(waited));
                         }));
    TRYV(transaction.run(Sql{"SELECT COUNT(*) FROM scan WHERE refused IS NOT NULL AND at >= $1"},
                         {as_int(now - std::chrono::hours{24})},
                         [&](const Row& row) { out.refused_codes = number_in(row, 0); }));
    TRYV(transaction.run(Sql{"SELECT COUNT(*) FROM decision WHERE sent_at IS NULL"}, {},
                         [&](const Row& row) { out.unsent = number_in(row, 0); }));
    TRYV(transaction.run(Sql{"SELECT COUNT(*) FROM conflict"}, {},
                         [&](const Row& row) { out.conflicts = number_in(row, 0); }));
    return ok();
  }));
  return out;
}

}  // namespace lindung::border
