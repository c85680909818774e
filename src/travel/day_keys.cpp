#include "travel/day_keys.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"
#include "travel/ground.h"

namespace lindung::travel {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint32_t days_of_a_journey = 3;  // whoever departs on a day arrives at most two days later

store::KeyName name_of(Day day) { return {.cls = store::KeyClass::travel_day, .scope = "", .epoch = day.number}; }

Result<void> log_destruction(const Ground& ground, const std::vector<store::KeyName>& over) {
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    for (const auto& name : over) {
      TRYV(unit.log(log::RetentionEntry{.at = unit.now(), .what = "travel-cards", .period = name.epoch}));
    }
    return ok();
  });
}

// Tries to open every card of a day as a reader with the whole ring would.
Result<void> try_cards(const Ground& ground, Day day, RetentionReport& report) {
  Bytes last(16, 0);
  std::uint64_t tried = 0;
  do {
    tried = 0;
    TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
      Bytes newest = last;
      TRYV(transaction.run(store::Sql{"SELECT d.card_id, c.sealed FROM travel_card_day d JOIN travel_card c "
                                      "ON c.card_id = d.card_id WHERE d.travel_day = $1 AND d.card_id > $2 "
                                      "ORDER BY d.card_id LIMIT 1000"},
                           {std::int64_t{day.number}, BytesView{last}}, [&](const store::Row& row) {
                             newest = to_bytes(row.bytes(0));
                             ++tried;
                             const auto opened = open_row(ground, day, "travel_card", newest, row.bytes(1));
                             if (opened.has_value()) ++report.cards_readable;
                           }));
      last = newest;
      return ok();
    }));
    report.cards += tried;
  } while (tried > 0);
  return ok();
}

Result<void> delete_day(const Ground& ground, Day day) {
  return ground.database.write([&](store::Transaction& transaction) -> Result<void> {
    const std::int64_t number = day.number;
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_card WHERE card_id IN (SELECT card_id FROM travel_card_day "
                                    "WHERE travel_day = $1)"},
                         {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_card_day WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_card_port WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_card_person WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_certificate WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_filing WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_decision WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_crossing WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_passing WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_conflict WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_sick WHERE travel_day = $1"}, {number}));
    TRYV(transaction.run(store::Sql{"DELETE FROM travel_sick_port WHERE travel_day = $1"}, {number}));
    return ok();
  });
}

// Rows of days whose keys are gone and that a killed run left: told by the days that rows still name.
Result<std::vector<Day>> days_with_rows_before(const Ground& ground, Day end) {
  std::vector<Day> days;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    days.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT DISTINCT travel_day FROM travel_card_day WHERE travel_day < $1"}, {std::int64_t{end.number}},
        [&](const store::Row& row) { days.push_back(Day{static_cast<std::uint32_t>(row.integer(0))}); }));
    return ok();
  }));
  return days;
}

}  // namespace

Result<bool> keep_day_keys(const Ground& ground) {
  const auto now = ground.clock.now();
  TRY(known, ground.ring.list(store::KeyClass::travel_day));
  const auto first = day_of(now).number;
  const auto last = day_of(now + ground.terms.journey.ahead).number;
  std::vector<store::NewKey> missing;
  for (auto day = first; day <= last; ++day) {
    if (std::ranges::any_of(known, [&](const store::KeyInfo& info) { return info.name.epoch == day; })) continue;
    // A day that was destroyed is not made again, whatever the clock says.
    const auto gone = ground.ring.key(name_of(Day{day}));
    if (gone.has_error() && gone.error().code == Errc::denied) continue;
    missing.push_back({.info = {.name = name_of(Day{day}),
                                .number = 0,
                                .not_before = start_of(Day{day}),
                                .not_after = start_of(Day{day + days_of_a_journey})},
                       .bytes = {}});
  }
  if (missing.empty()) return false;
  TRYV(ground.ring.add_all(missing));
  return true;
}

Result<Secret<32>> day_key(const Ground& ground, Day day) { return ground.ring.key(name_of(day)); }

Result<Secret<32>> document_key(const Ground& ground, Day day) {
  TRY(key, day_key(ground, day));
  return Secret<32>{crypto::hmac_sha256(key.view(), {as_bytes("lindung travel document key v1")})};
}

Result<Bytes> seal_row(const Ground& ground, Day day, std::string_view table, BytesView primary_key,
                       BytesView plaintext) {
  TRY(key, day_key(ground, day));
  return seal_row_under(key, table, primary_key, plaintext);
}

Result<Bytes> open_row(const Ground& ground, Day day, std::string_view table, BytesView primary_key, BytesView sealed) {
  TRY(key, day_key(ground, day));
  return open_row_under(key, table, primary_key, sealed);
}

Bytes seal_row_under(const Secret<32>& key, std::string_view table, BytesView primary_key, BytesView plaintext) {
  return store::seal_under(key, {.table = table, .primary_key = primary_key, .version = row_version}, plaintext);
}

Result<Bytes> open_row_under(const Secret<32>& key, std::string_view table, BytesView primary_key, BytesView sealed) {
  return store::open_under(key, {.table = table, .primary_key = primary_key, .version = row_version}, sealed);
}

Result<RetentionReport> forget_old_days(const Ground& ground) {
  const auto end = day_of(ground.clock.now() - ground.terms.keep);  // the first day that is kept
  TRY(known, ground.ring.list(store::KeyClass::travel_day));
  RetentionReport report;
  std::vector<store::KeyName> over;
  for (const auto& info : known) {
    if (info.name.epoch >= end.number) continue;
    over.push_back(info.name);
    report.days.push_back(static_cast<std::uint32_t>(info.name.epoch));
  }
  // Logged first: a key may be destroyed twice, but never without a trace.
  if (!over.empty()) {
    TRYV(log_destruction(ground, over));
    TRYV(ground.ring.destroy_all(over));
  }
  TRY(days, days_with_rows_before(ground, end));
  for (const auto day : days) {
    TRYV(try_cards(ground, day, report));
  }
  if (report.cards_readable != 0) {
    return fail(Errc::corrupt, std::to_string(report.cards_readable) + " cards of forgotten days can still be read");
  }
  for (const auto day : days) {
    TRYV(delete_day(ground, day));
  }
  return report;
}

Result<DayStatus> day_status(const Ground& ground) {
  TRY(known, ground.ring.list(store::KeyClass::travel_day));
  DayStatus status{.days = known.size()};
  if (known.empty()) return status;
  status.first = static_cast<std::uint32_t>(known.front().name.epoch);
  status.last = static_cast<std::uint32_t>(known.back().name.epoch);
  return status;
}

}  // namespace lindung::travel
