#include "service/citizen_keys.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"
#include "store/wrapped_key.h"

namespace lindung::service {

namespace {

constexpr std::string_view last_erasure_name = "last_erasure";  // a setting: 8 bytes, Unix seconds
constexpr std::int64_t citizens_a_unit = 500;
// Other nodes have taken a new key out of the ring's file by then; before, they could not open what it wraps.
constexpr seconds moved_behind{60};

store::KeyName wrap_key(std::uint64_t epoch) {
  return {.cls = store::KeyClass::citizen_wrap, .scope = {}, .epoch = epoch};
}

struct Replaced {
  std::uint64_t epoch{};
  Moment at;
  bool is_moved{};
};

Result<std::vector<Replaced>> read_replaced(store::Transaction& transaction) {
  std::vector<Replaced> out;
  TRYV(transaction.run(store::Sql{"SELECT epoch, replaced_at, is_moved FROM wrap_epoch ORDER BY epoch"}, {},
                       [&](const store::Row& row) {
                         out.push_back({.epoch = static_cast<std::uint64_t>(row.integer(0)),
                                        .at = moment_of(static_cast<std::uint64_t>(row.integer(1))),
                                        .is_moved = row.integer(2) != 0});
                       }));
  return out;
}

Result<std::optional<Moment>> last_erasure(const Platform& platform) {
  std::optional<Moment> at;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(value, read_setting(transaction, last_erasure_name));
    at = value ? std::optional{moment_of(get_be<std::uint64_t>(*value))} : std::nullopt;
    return ok();
  }));
  return at;
}

// A new key when somebody was erased under the newest one, at most once a day.
Result<void> replace_if_due(const Platform& platform, Moment now) {
  TRY(erased_at, last_erasure(platform));
  if (!erased_at) return ok();
  TRY(newest, platform.ring.newest(store::KeyClass::citizen_wrap));
  if (*erased_at < newest.not_before || now < newest.not_before + wrap_replaced_within) return ok();
  TRY(epoch, platform.ring.next_epoch(store::KeyClass::citizen_wrap));
  return platform.ring.add({.name = wrap_key(epoch), .number = 0, .not_before = now, .not_after = {}});
}

// Those that are not the newest any more, by us or by `lindung rekey`.
Result<std::vector<Replaced>> note_replaced(const Platform& platform, Moment now) {
  TRY(newest, platform.ring.newest(store::KeyClass::citizen_wrap));
  TRY(live, platform.ring.list(store::KeyClass::citizen_wrap));
  std::vector<Replaced> replaced;
  if (live.size() == 1) return replaced;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto& key : live) {
      if (key.name.epoch == newest.name.epoch) continue;
      TRYV(transaction.run(store::Sql{"INSERT INTO wrap_epoch (epoch, replaced_at, is_moved) VALUES ($1, $2, 0) "
                                      "ON CONFLICT (epoch) DO NOTHING"},
                           {static_cast<std::int64_t>(key.name.epoch), static_cast<std::int64_t>(unix_seconds(now))}));
    }
    TRY(rows, read_replaced(transaction));
    replaced = std::move(rows);
    return ok();
  }));
  return replaced;
}

struct Wrapped {
  CitizenRef citizen;
  Bytes key;
};

// Wraps anew what an older key wraps; true when there may be more behind `last`.
Result<bool> move_some(const Platform& platform, ByteArray<16>& last, std::uint64_t newest) {
  std::vector<Wrapped> page;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    page.clear();
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref, wrapped_key FROM citizen WHERE citizen_ref > $1 "
                                    "ORDER BY citizen_ref LIMIT $2"},
                         {BytesView{last}, citizens_a_unit}, [&](const store::Row& row) {
                           page.push_back(
                               {.citizen = CitizenRef{take<16>(row.bytes(0))}, .key = to_bytes(row.bytes(1))});
                         }));
    return ok();
  }));
  if (page.empty()) return false;
  last = page.back().citizen.value();
  const bool is_more = page.size() == static_cast<std::size_t>(citizens_a_unit);
  std::vector<Wrapped> old;
  for (auto& each : page) {
    TRY(epoch, store::wrapping_epoch(each.key));
    if (epoch != newest) old.push_back(std::move(each));
  }
  if (old.empty()) return is_more;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto& each : old) {
      TRY(key, store::unwrap_citizen_key(platform.ring, each.citizen, each.key));
      TRY(wrapped, store::wrap_citizen_key(platform.ring, each.citizen, key));
      // Erased meanwhile: no row is changed, and none comes back.
      TRYV(transaction.run(store::Sql{"UPDATE citizen SET wrapped_key = $2 WHERE citizen_ref = $1"},
                           {each.citizen.bytes(), BytesView{wrapped}}));
    }
    return ok();
  }));
  return is_more;
}

Result<void> move_all(const Platform& platform) {
  TRY(newest, platform.ring.newest(store::KeyClass::citizen_wrap));
  ByteArray<16> last{};
  for (bool is_more = true; is_more;) {
    TRY(goes_on, move_some(platform, last, newest.name.epoch));
    is_more = goes_on;
  }
  return ok();
}

// Logged first: a key may be destroyed twice, but never without a trace.
Result<void> end_epoch(const Platform& platform, std::uint64_t epoch) {
  TRYV(move_all(platform));  // whoever came in under it since, by a node that did not know the new one yet
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(unit.log(log::RetentionEntry{.at = unit.now(), .what = "citizen-keys", .period = epoch}));
    return ok();
  }));
  TRYV(platform.ring.destroy(wrap_key(epoch)));
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM wrap_epoch WHERE epoch = $1"}, {static_cast<std::int64_t>(epoch)}));
    return ok();
  });
}

}  // namespace

Result<void> note_erasure(store::Transaction& transaction, Moment now) {
  ByteArray<8> at{};
  put_be(MutableBytes{at}, unix_seconds(now));
  return write_setting(transaction, last_erasure_name, at);
}

Day unreadable_from(Moment erased_at) noexcept { return {day_of(erased_at + erased_readable_at_most).number + 1}; }

Result<void> keep_citizen_keys(const Platform& platform) {
  const auto now = platform.clock.now();
  TRYV(replace_if_due(platform, now));
  TRY(replaced, note_replaced(platform, now));
  bool is_to_move = false;
  for (const auto& each : replaced) is_to_move = is_to_move || (!each.is_moved && each.at + moved_behind <= now);
  if (is_to_move) {
    TRYV(move_all(platform));
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      for (const auto& each : replaced) {
        TRYV(transaction.run(
            store::Sql{"UPDATE wrap_epoch SET is_moved = 1 WHERE epoch = $1 AND replaced_at <= $2"},
            {static_cast<std::int64_t>(each.epoch), static_cast<std::int64_t>(unix_seconds(now - moved_behind))}));
      }
      return ok();
    }));
  }
  for (const auto& each : replaced) {
    if (each.is_moved && each.at + (erased_readable_at_most - wrap_replaced_within) <= now) {
      TRYV(end_epoch(platform, each.epoch));
    }
  }
  return ok();
}

}  // namespace lindung::service
