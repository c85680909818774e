#include "service/report_keys.h"

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "log/entry.h"
#include "service/install.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/reporters.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

store::KeyName name_of(Day day) { return {.cls = store::KeyClass::report_seal, .scope = "", .epoch = day.number}; }

}  // namespace

Result<bool> keep_report_keys(store::Database& database, store::KeyRing& ring, const Clock& clock) {
  bool is_needed = false;
  TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(has_any, has_reporters(transaction));
    is_needed = has_any;
    return ok();
  }));
  if (!is_needed) return false;
  return rotate_keys(database, ring, clock, {.cls = store::KeyClass::report_exchange, .use = "report"});
}

Result<Secret<32>> find_report_day_key(const store::KeyRing& ring, Day day) { return ring.key(name_of(day)); }

Result<Secret<32>> report_day_key(store::KeyRing& ring, Day day) {
  const auto known = ring.key(name_of(day));
  if (known.has_value() || known.error().code != Errc::not_found) return known;
  const auto begin = start_of(day);
  const auto added =
      ring.add({.name = name_of(day), .number = 0, .not_before = begin, .not_after = begin + std::chrono::days{1}});
  if (added.has_error()) {
    if (added.error().code != Errc::conflict) return added.error();
    TRYV(ring.refresh());  // another thread or node was first
  }
  return ring.key(name_of(day));
}

Result<Day> forget_old_reports(const Platform& platform, std::chrono::days keep) {
  if (keep < std::chrono::days{1}) return fail(Errc::invalid_argument, "at least one day is kept");
  const auto first = day_of(platform.clock.now() - keep);
  TRY(keys, platform.ring.list(store::KeyClass::report_seal));
  std::vector<store::KeyName> old;
  for (const auto& key : keys) {
    if (key.name.epoch < first.number) old.push_back(key.name);
  }
  if (!old.empty()) {
    // Logged first: a key may be destroyed twice, but never without a trace.
    TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
      for (const auto& name : old) {
        TRYV(unit.log(log::RetentionEntry{.at = unit.now(), .what = "reports", .period = name.epoch}));
      }
      return ok();
    }));
    TRYV(platform.ring.destroy_all(old));
  }
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto table : {store::PeriodTable::report, store::PeriodTable::report_tally}) {
      TRY(days, store::list_periods(transaction, table));
      for (const auto day : days) {
        if (day >= first.number) continue;
        TRYV(store::drop_period(transaction, table, day));
      }
    }
    TRYV(transaction.run(store::Sql{"DELETE FROM report_task WHERE day < $1"}, {std::int64_t{first.number}}));
    return ok();
  }));
  return first;
}

}  // namespace lindung::service
