#include "service/report_rows.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "service/report_offices.h"
#include "service/reporters.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t members = 16;
constexpr std::size_t ref_size = 16;
constexpr std::size_t office_id_size = 8;

store::RowAddress report_at(BytesView ref) { return {.table = "report", .primary_key = ref, .version = row_version}; }
store::RowAddress tally_at(BytesView cell) {
  return {.table = "report_tally", .primary_key = cell, .version = row_version};
}

void write_tally(codec::CborWriter& writer, const Tally& tally) {
  writer.array(tally.size());
  for (const auto& [cell, count] : tally) {
    writer.array(3).text(cell.first).uint(static_cast<std::uint64_t>(cell.second)).uint(count);
  }
}

Result<Tally> read_cells(codec::CborReader& reader) {
  Tally tally;
  TRY(size, reader.array());
  for (std::uint64_t i = 0; i < size; ++i) {
    TRY(three, reader.array());
    if (three != 3) return fail(Errc::corrupt, "a cell of counts");
    TRY(district, reader.text());
    TRY(syndrome, reader.uint());
    TRY(count, reader.uint());
    tally[{std::string{district}, static_cast<domain::Syndrome>(syndrome)}] = count;
  }
  return tally;
}

Bytes encode(const KeptReport& report) {
  codec::CborWriter writer{1024};
  writer.array(members).text(report.reporter.value()).bytes(report.content).uint(unix_seconds(report.at));
  writer.uint(report.onset.number).uint(static_cast<std::uint64_t>(report.age)).text(report.district);
  writer.array(report.codes.size());
  for (const auto& code : report.codes) writer.array(2).uint(static_cast<std::uint64_t>(code.system)).text(code.code);
  Message identity;
  if (report.identity) identity.raw(report.identity->first).raw(report.identity->second).raw(report.identity->sealed);
  writer.bytes(identity.view());
  writer.array(report.counted.size());
  for (const auto& [syndrome, day] : report.counted) {
    writer.array(2).uint(static_cast<std::uint64_t>(syndrome)).uint(day.number);
  }
  writer.text(report.office.value()).uint(unix_seconds(report.due)).uint(report.is_escalated ? 1 : 0);
  writer.text(report.outcome).text(report.case_number);
  writer.uint(report.identity_opened_at ? unix_seconds(*report.identity_opened_at) : 0).bytes(report.salt);
  return std::move(writer).take();
}

Result<std::optional<domain::SealedIdentity>> read_identity(BytesView bytes) {
  if (bytes.empty()) return std::optional<domain::SealedIdentity>{};
  if (bytes.size() != 2 * office_id_size + domain::sealed_identity_size) return fail(Errc::corrupt, "an identity");
  return std::optional{
      domain::SealedIdentity{.first = take<office_id_size>(bytes),
                             .second = take<office_id_size>(bytes.subspan(office_id_size)),
                             .sealed = take<domain::sealed_identity_size>(bytes.subspan(2 * office_id_size))}};
}

Result<KeptReport> decode(BytesView bytes) {
  codec::CborReader reader{bytes};
  KeptReport report;
  TRY(size, reader.array());
  if (size != members) return fail(Errc::corrupt, "a report of another shape");
  TRY(reporter, reader.text());
  report.reporter = ReporterId{std::string{reporter}};
  TRY(content, reader.fixed<sizeof(Hash)>());
  report.content = content;
  TRY(at, reader.uint());
  report.at = moment_of(at);
  TRY(onset, reader.uint());
  report.onset = {static_cast<std::uint32_t>(onset)};
  TRY(age, reader.uint());
  report.age = static_cast<domain::AgeBand>(age);
  TRY(district, reader.text());
  report.district = district;
  TRY(codes, reader.array());
  for (std::uint64_t i = 0; i < codes; ++i) {
    TRYV(reader.array());
    TRY(system, reader.uint());
    TRY(code, reader.text());
    report.codes.push_back({.system = static_cast<domain::CodeSystem>(system), .code = std::string{code}});
  }
  TRY(identity_bytes, reader.bytes());
  TRY(identity, read_identity(identity_bytes));
  report.identity = identity;
  TRY(counted, reader.array());
  for (std::uint64_t i = 0; i < counted; ++i) {
    TRYV(reader.array());
    TRY(syndrome, reader.uint());
    TRY(day, reader.uint());
    report.counted.emplace_back(static_cast<domain::Syndrome>(syndrome), Day{static_cast<std::uint32_t>(day)});
  }
  TRY(office, reader.text());
  report.office = OfficeId{std::string{office}};
  TRY(due, reader.uint());
  report.due = moment_of(due);
  TRY(escalated, reader.uint());
  report.is_escalated = escalated == 1;
  TRY(outcome, reader.text());
  report.outcome = outcome;
  TRY(case_number, reader.text());
  report.case_number = case_number;
  TRY(opened, reader.uint());
  if (opened != 0) report.identity_opened_at = moment_of(opened);
  TRY(salt, reader.fixed<sizeof(Hash)>());
  report.salt = salt;
  TRYV(reader.end());
  return report;
}

Result<KeptReport> open_report(const Secret<32>& day_key, BytesView ref, ReportState state, BytesView sealed) {
  TRY(plain, store::open_under(day_key, report_at(ref), sealed));
  auto report = decode(plain);
  if (report.has_error()) return fail(Errc::corrupt, "a sealed report");
  report.value().state = state;
  return report;
}

ByteArray<ref_size> cell_name(const Secret<32>& day_key, const Cell& cell) {
  return take<ref_size>(crypto::hmac_sha256(
      day_key.view(),
      {as_bytes("lindung tally cell v1"), ByteArray<1>{static_cast<std::uint8_t>(cell.second)}, as_bytes(cell.first)}));
}

}  // namespace

std::string_view name_of(ReportState state) noexcept {
  switch (state) {
    case ReportState::waiting: return "waiting";
    case ReportState::taken: return "taken";
    case ReportState::decided: return "decided";
    case ReportState::withdrawn: return "withdrawn";
    case ReportState::held: return "held";
    case ReportState::refused: break;
  }
  return "refused";
}

Hash commitment(const KeptReport& report, const ReportRef& ref) {
  return crypto::hmac_sha256(report.salt, {as_bytes("lindung report v1"), ref.bytes()});
}

domain::Receipt make_receipt(const Secret<32>& day_key, Day day, const ReporterId& reporter,
                             const domain::ReportId& id) {
  auto bytes =
      crypto::hmac_sha256(day_key.view(), {as_bytes("lindung report receipt v1"), id.bytes(), reporter.bytes()});
  put_be(MutableBytes{bytes}.first(4), day.number);
  return domain::Receipt{bytes};
}

ReportRef ref_of(const domain::Receipt& receipt) { return ReportRef{take<ref_size>(crypto::sha256(receipt.bytes()))}; }

Result<void> put_report(store::Transaction& transaction, const Secret<32>& day_key, Day day, const ReportRef& ref,
                        const KeptReport& report) {
  const auto sealed = store::seal_under(day_key, report_at(ref.bytes()), encode(report));
  TRYV(transaction.run(store::period_sql("INSERT INTO report_{p} (idx, state, sealed) VALUES ($1, $2, $3) "
                                         "ON CONFLICT (idx) DO UPDATE SET state = excluded.state, "
                                         "sealed = excluded.sealed",
                                         day.number),
                       {ref.bytes(), static_cast<std::int64_t>(report.state), BytesView{sealed}}));
  return ok();
}

Result<std::optional<KeptReport>> find_report(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                              const ReportRef& ref) {
  std::optional<Result<KeptReport>> found;
  TRYV(transaction.run(store::period_sql("SELECT state, sealed FROM report_{p} WHERE idx = $1", day.number),
                       {ref.bytes()}, [&](const store::Row& row) {
                         found =
                             open_report(day_key, ref.bytes(), static_cast<ReportState>(row.integer(0)), row.bytes(1));
                       }));
  if (!found) return std::optional<KeptReport>{};
  if (found->has_error()) return found->error();
  return std::optional{std::move(*found).value()};
}

Result<std::vector<std::pair<ReportRef, KeptReport>>> list_reports(store::Transaction& transaction,
                                                                   const Secret<32>& day_key, Day day,
                                                                   ReportState state) {
  std::vector<std::pair<ReportRef, KeptReport>> reports;
  Result<void> opened = ok();
  TRYV(
      transaction.run(store::period_sql("SELECT idx, sealed FROM report_{p} WHERE state = $1 ORDER BY idx", day.number),
                      {static_cast<std::int64_t>(state)}, [&](const store::Row& row) {
                        auto report = open_report(day_key, row.bytes(0), state, row.bytes(1));
                        if (report.has_error()) {
                          opened = report.error();
                          return;
                        }
                        reports.emplace_back(ReportRef{take<ref_size>(row.bytes(0))}, std::move(report).value());
                      }));
  TRYV(opened);
  return reports;
}

Result<void> count_report(store::Transaction& transaction, const Secret<32>& day_key, Day day, const Cell& cell,
                          std::int64_t by) {
  const auto name = cell_name(day_key, cell);
  Tally tally;
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::period_sql("SELECT sealed FROM report_tally_{p} WHERE cell = $1", day.number),
                       {BytesView{name}}, [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (sealed) {
    TRY(plain, store::open_under(day_key, tally_at(name), *sealed));
    codec::CborReader reader{plain};
    TRY(known, read_cells(reader));
    tally = std::move(known);
  }
  auto& count = tally[cell];
  count = by < 0 && count == 0 ? 0 : count + static_cast<std::uint64_t>(by);
  codec::CborWriter writer;
  write_tally(writer, tally);
  const auto again = store::seal_under(day_key, tally_at(name), writer.view());
  TRYV(transaction.run(store::period_sql("INSERT INTO report_tally_{p} (cell, sealed) VALUES ($1, $2) "
                                         "ON CONFLICT (cell) DO UPDATE SET sealed = excluded.sealed",
                                         day.number),
                       {BytesView{name}, BytesView{again}}));
  return ok();
}

Result<Tally> read_tally(store::Transaction& transaction, const Secret<32>& day_key, Day day) {
  Tally all;
  Result<void> opened = ok();
  const auto add = [&](const store::Row& row) -> Result<void> {
    TRY(plain, store::open_under(day_key, tally_at(row.bytes(0)), row.bytes(1)));
    codec::CborReader reader{plain};
    TRY(cells, read_cells(reader));
    all.merge(cells);
    return ok();
  };
  TRYV(transaction.run(store::period_sql("SELECT cell, sealed FROM report_tally_{p}", day.number), {},
                       [&](const store::Row& row) {
                         const auto added = add(row);
                         if (added.has_error()) opened = added;
                       }));
  TRYV(opened);
  return all;
}

namespace {

Bytes reporter_day_name(Day day, const ReporterId& reporter) {
  return Message{}.be(day.number).text(reporter.value()).take();
}

store::RowAddress reporter_day_at(BytesView name) {
  return {.table = "reporter_day", .primary_key = name, .version = row_version};
}

}  // namespace

Result<ReporterDay> read_reporter_day(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                      const ReporterId& reporter) {
  ReporterDay counts;
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::Sql{"SELECT reports, held, sealed FROM reporter_day WHERE reporter_id = $1 AND day = $2"},
                       {reporter.value(), std::int64_t{day.number}}, [&](const store::Row& row) {
                         counts.reports = static_cast<std::uint64_t>(row.integer(0));
                         counts.held = static_cast<std::uint64_t>(row.integer(1));
                         sealed = to_bytes(row.bytes(2));
                       }));
  if (!sealed) return counts;
  TRY(plain, store::open_under(day_key, reporter_day_at(reporter_day_name(day, reporter)), *sealed));
  codec::CborReader reader{plain};
  TRYV(reader.array());
  TRY(limit, reader.uint());
  TRY(cells, read_cells(reader));
  TRY(limits, read_cells(reader));
  counts.limit = limit;
  counts.cells = std::move(cells);
  counts.limits = std::move(limits);
  return counts;
}

Result<void> put_reporter_day(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                              const ReporterId& reporter, const ReporterDay& counts) {
  codec::CborWriter writer;
  writer.array(3).uint(counts.limit);
  write_tally(writer, counts.cells);
  write_tally(writer, counts.limits);
  const auto sealed = store::seal_under(day_key, reporter_day_at(reporter_day_name(day, reporter)), writer.view());
  TRYV(transaction.run(store::Sql{"INSERT INTO reporter_day (reporter_id, day, reports, held, sealed) "
                                  "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (reporter_id, day) DO UPDATE SET "
                                  "reports = excluded.reports, held = excluded.held, sealed = excluded.sealed"},
                       {reporter.value(), std::int64_t{day.number}, static_cast<std::int64_t>(counts.reports),
                        static_cast<std::int64_t>(counts.held), BytesView{sealed}}));
  return ok();
}

}  // namespace lindung::service
