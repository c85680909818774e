#include "service/retention.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "log/entry.h"
#include "service/evidence.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/visit.h"
#include "service/visit_index_page.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::service {

namespace {

using store::PeriodTable;
using store::Ratchet;

Result<std::vector<std::uint64_t>> periods_before(const Platform& platform, PeriodTable table, std::uint64_t end) {
  std::vector<std::uint64_t> periods;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(all, store::list_periods(transaction, table));
    periods.clear();
    for (const auto period : all) {
      if (period < end) periods.push_back(period);
    }
    return ok();
  }));
  return periods;
}

Result<void> drop(const Platform& platform, PeriodTable table, const std::vector<std::uint64_t>& periods) {
  if (periods.empty()) return ok();
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto period : periods) {
      TRYV(store::drop_period(transaction, table, period));
    }
    return ok();
  });
}

struct Trial {
  std::uint64_t rows{};
  std::uint64_t readable{};
};

// Statements have deadlines, and a day of a nation has millions of rows: so many are tried at a time.
constexpr std::int64_t rows_a_statement = 8'192;
constexpr std::int64_t pages_a_statement = 512;

// Tries to open every row of a day as a reader with the whole ring would.
Result<Trial> try_visits(const Platform& platform, std::uint64_t day) {
  Trial trial;
  std::int64_t last_index = -1;
  std::int64_t last_part = 0;
  std::int64_t tried = 0;
  const auto try_row = [&](const store::Row& row) {
    last_index = row.integer(0);
    last_part = row.integer(1);
    ++tried;
    const auto key = platform.ring.period_key(Ratchet::visit_day, day);
    if (key.has_error()) return;
    const auto event =
        open_visit_event(key.value(), Day{static_cast<std::uint32_t>(day)}, static_cast<std::uint64_t>(last_index),
                         static_cast<VisitPart>(last_part), row.bytes(2));
    if (event.has_value()) ++trial.readable;
  };
  do {
    trial.rows += static_cast<std::uint64_t>(tried);
    tried = 0;
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(store::period_sql("SELECT log_index, part, sealed FROM visit_{p} WHERE (log_index, part) > "
                                             "($1, $2) ORDER BY log_index, part LIMIT $3",
                                             day),
                           {last_index, last_part, rows_a_statement}, try_row));
      return ok();
    }));
  } while (tried > 0);
  return trial;
}

// The same with the pages of the day's index.
Result<Trial> try_index(const Platform& platform, std::uint64_t day) {
  Trial trial;
  PageName last{.day = Day{static_cast<std::uint32_t>(day)}, .kind = {}, .segment = 0, .page = 0, .first = {}};
  std::int64_t last_kind = -1;
  std::int64_t tried = 0;
  const auto try_page = [&](const store::Row& row) {
    last_kind = row.integer(0);
    last.kind = static_cast<IndexKind>(last_kind);
    last.segment = static_cast<std::uint32_t>(row.integer(1));
    last.first = take<16>(row.bytes(2));
    last.page = static_cast<std::uint32_t>(row.integer(3));
    ++tried;
    const auto key = platform.ring.period_key(Ratchet::visit_day, day);
    if (key.has_error()) return;
    const bool is_read = last.kind == IndexKind::segment
                             ? open_segment(key.value(), last.day, last.segment, row.bytes(4)).has_value()
                             : open_index_page(key.value(), last, row.bytes(4)).has_value();
    if (is_read) ++trial.readable;
  };
  do {
    trial.rows += static_cast<std::uint64_t>(tried);
    tried = 0;
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      const auto first = last.first;
      TRYV(transaction.run(
          store::period_sql("SELECT kind, segment, first, page, sealed FROM visit_index_{p} WHERE (kind, segment, "
                            "first, page) > ($1, $2, $3, $4) ORDER BY kind, segment, first, page LIMIT $5",
                            day),
          {last_kind, std::int64_t{last.segment}, BytesView{first}, std::int64_t{last.page}, pages_a_statement},
          try_page));
      return ok();
    }));
  } while (tried > 0);
  return trial;
}

Result<Trial> try_evidence(const Platform& platform, std::uint64_t day) {
  Trial trial;
  std::int64_t last_index = -1;
  std::int64_t tried = 0;
  const auto try_row = [&](const store::Row& row) {
    last_index = row.integer(0);
    ++tried;
    const auto key = platform.ring.period_key(Ratchet::answer_day, day);
    if (key.has_error()) return;
    const auto evidence = open_evidence(key.value(), Day{static_cast<std::uint32_t>(day)},
                                        static_cast<std::uint64_t>(last_index), row.bytes(1));
    if (evidence.has_value()) ++trial.readable;
  };
  do {
    trial.rows += static_cast<std::uint64_t>(tried);
    tried = 0;
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(store::period_sql("SELECT log_index, sealed FROM evidence_{p} WHERE log_index > $1 "
                                             "ORDER BY log_index LIMIT $2",
                                             day),
                           {last_index, rows_a_statement}, try_row));
      return ok();
    }));
  } while (tried > 0);
  return trial;
}

}  // namespace

Result<void> forget_old_hours(const Platform& platform) {
  const auto end = hour_of(platform.clock.now() - recorded_answers_kept).number;
  TRYV(platform.ring.destroy_before(Ratchet::answer_hour, end));
  TRY(hours, periods_before(platform, PeriodTable::answered, end));
  return drop(platform, PeriodTable::answered, hours);
}

Result<RetentionReport> run_retention(const Platform& platform, std::chrono::days keep) {
  if (keep < std::chrono::days{1}) return fail(Errc::invalid_argument, "at least one day is kept");
  const std::uint64_t end = day_of(platform.clock.now() - keep).number;
  RetentionReport report;
  TRY(visit_days, periods_before(platform, PeriodTable::visit, end));
  TRY(answer_days, periods_before(platform, PeriodTable::evidence, end));
  report.visit_days = visit_days;
  report.answer_days = answer_days;
  // Logged first: a key may be destroyed twice, but never without a trace.
  if (!visit_days.empty() || !answer_days.empty()) {
    TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
      for (const auto day : visit_days) {
        TRYV(unit.log(log::RetentionEntry{.at = unit.now(), .what = "check-ins", .period = day}));
      }
      for (const auto day : answer_days) {
        TRYV(unit.log(log::RetentionEntry{.at = unit.now(), .what = "answers", .period = day}));
      }
      return ok();
    }));
  }
  TRYV(platform.ring.destroy_before(Ratchet::visit_day, end));
  TRYV(platform.ring.destroy_before(Ratchet::answer_day, end));
  // Looked for now: behind the destruction no index is built any more.
  TRY(index_days, periods_before(platform, PeriodTable::visit_index, end));
  for (const auto day : visit_days) {
    TRY(trial, try_visits(platform, day));
    report.rows_before += trial.rows;
    report.rows_readable += trial.readable;
  }
  for (const auto day : index_days) {
    TRY(trial, try_index(platform, day));
    report.rows_before += trial.rows;
    report.rows_readable += trial.readable;
  }
  for (const auto day : answer_days) {
    TRY(trial, try_evidence(platform, day));
    report.rows_before += trial.rows;
    report.rows_readable += trial.readable;
  }
  if (report.rows_readable != 0) {
    return fail(Errc::corrupt, std::to_string(report.rows_readable) + " rows of forgotten days can still be read");
  }
  TRYV(drop(platform, PeriodTable::visit, visit_days));
  TRYV(drop(platform, PeriodTable::visit_index, index_days));
  TRYV(drop(platform, PeriodTable::evidence, answer_days));
  TRY(look_days, periods_before(platform, PeriodTable::look, end));
  TRYV(drop(platform, PeriodTable::look, look_days));
  return report;
}

}  // namespace lindung::service
