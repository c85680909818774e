#include "store/period_table.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/migrations.h"

namespace lindung::store {

namespace {

constexpr std::string_view placeholder = "{p}";

struct Definition {
  std::string_view prefix;
  std::string_view create;
  std::string_view drop;
};

const Definition& definition_of(PeriodTable table) {
  // Not clustered: a request id is random, and only the index, a tenth of the row, is written at random places.
  static constexpr Definition answered{
      .prefix = "answered_",
      .create =
          "CREATE TABLE IF NOT EXISTS answered_{p} (partner_id TEXT NOT NULL, request_id BYTES NOT NULL, "
          "question_mac BYTES NOT NULL, log_index INT NOT NULL, leaf_hash BYTES NOT NULL, sealed BYTES NOT NULL, "
          "PRIMARY KEY (request_id, partner_id))",
      .drop = "DROP TABLE IF EXISTS answered_{p}"};
  static constexpr Definition evidence{
      .prefix = "evidence_",
      .create = "CREATE TABLE IF NOT EXISTS evidence_{p} (log_index INT PRIMARY KEY, sealed BYTES NOT NULL)",
      .drop = "DROP TABLE IF EXISTS evidence_{p}"};
  static constexpr Definition visit{
      .prefix = "visit_",
      .create =
          "CREATE TABLE IF NOT EXISTS visit_{p} (log_index INT NOT NULL, part INT NOT NULL, tag BYTES NOT NULL, "
          "sealed BYTES NOT NULL, PRIMARY KEY (log_index, part)) CLUSTERED",
      .drop = "DROP TABLE IF EXISTS visit_{p}"};
  static constexpr Definition visit_index{
      .prefix = "visit_index_",
      .create =
          "CREATE TABLE IF NOT EXISTS visit_index_{p} (kind INT NOT NULL, segment INT NOT NULL, "
          "first BYTES NOT NULL, page INT NOT NULL, sealed BYTES NOT NULL, "
          "PRIMARY KEY (kind, segment, first, page))",
      .drop = "DROP TABLE IF EXISTS visit_index_{p}"};
  static constexpr Definition report{
      .prefix = "report_",
      .create =
          "CREATE TABLE IF NOT EXISTS report_{p} (idx BYTES NOT NULL, state INT NOT NULL, "
          "sealed BYTES NOT NULL, PRIMARY KEY (idx)) CLUSTERED",
      .drop = "DROP TABLE IF EXISTS report_{p}"};
  static constexpr Definition report_tally{
      .prefix = "report_tally_",
      .create =
          "CREATE TABLE IF NOT EXISTS report_tally_{p} (cell BYTES NOT NULL, sealed BYTES NOT NULL, "
          "PRIMARY KEY (cell)) CLUSTERED",
      .drop = "DROP TABLE IF EXISTS report_tally_{p}"};
  static constexpr Definition look{
      .prefix = "look_",
      .create =
          "CREATE TABLE IF NOT EXISTS look_{p} (tag BYTES NOT NULL, sealed BYTES NOT NULL, "
          "PRIMARY KEY (tag)) CLUSTERED",
      .drop = "DROP TABLE IF EXISTS look_{p}"};
  switch (table) {
    case PeriodTable::answered: return answered;
    case PeriodTable::evidence: return evidence;
    case PeriodTable::visit: return visit;
    case PeriodTable::visit_index: return visit_index;
    case PeriodTable::report: return report;
    case PeriodTable::report_tally: return report_tally;
    case PeriodTable::look: break;
  }
  return look;
}

}  // namespace

Sql period_sql(std::string_view text, std::uint64_t period) {
  static std::mutex mutex;
  static std::map<std::pair<const char*, std::uint64_t>, std::unique_ptr<const std::string>> known;
  const std::scoped_lock lock{mutex};
  auto& entry = known[{text.data(), period}];
  if (!entry) {
    std::string filled;
    const auto number = std::to_string(period);
    for (std::size_t at = 0; at < text.size();) {
      if (text.substr(at, placeholder.size()) == placeholder) {
        filled += number;
        at += placeholder.size();
      } else {
        filled += text[at++];
      }
    }
    entry = std::make_unique<const std::string>(std::move(filled));
  }
  return Sql{*entry};
}

Result<void> ensure_period(Transaction& transaction, PeriodTable table, std::uint64_t period) {
  // "IF NOT EXISTS" is one look-up in the schema that the connection holds in memory, so nothing is remembered here
  // that a rollback could make untrue.
  static std::mutex mutex;
  static std::map<std::tuple<Engine, PeriodTable, std::uint64_t>, std::unique_ptr<const std::string>> statements;
  std::string_view text;
  {
    const std::scoped_lock lock{mutex};
    auto& entry = statements[{transaction.engine(), table, period}];
    if (!entry) {
      const auto filled = period_sql(definition_of(table).create, period);
      entry = std::make_unique<const std::string>(statement_for(transaction.engine(), filled.text));
    }
    text = *entry;
  }
  TRYV(transaction.run(Sql{text}, {}));
  return ok();
}

Result<void> drop_period(Transaction& transaction, PeriodTable table, std::uint64_t period) {
  TRYV(transaction.run(period_sql(definition_of(table).drop, period), {}));
  return ok();
}

Result<std::vector<std::uint64_t>> list_periods(Transaction& transaction, PeriodTable table) {
  const auto prefix = definition_of(table).prefix;
  std::vector<std::uint64_t> periods;
  const auto collect = [&](const Row& row) {
    const auto name = row.text(0);
    if (!name.starts_with(prefix)) return;
    const auto digits = name.substr(prefix.size());
    std::uint64_t period = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), period);
    if (error == std::errc{} && end == digits.data() + digits.size()) periods.push_back(period);
  };
  if (transaction.engine() == Engine::sqlite) {
    TRYV(transaction.run(Sql{"SELECT name FROM sqlite_master WHERE type = 'table'"}, {}, collect));
  } else {
    TRYV(
        transaction.run(Sql{"SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"}, {}, collect));
  }
  std::ranges::sort(periods);
  return periods;
}

}  // namespace lindung::store
