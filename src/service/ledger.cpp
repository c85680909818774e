#include "service/ledger.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "domain/ledger.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

using domain::ClosingStep;
using domain::LedgerEntry;
using domain::LedgerKind;
using domain::StepRecord;

constexpr std::uint64_t row_version = 1;
constexpr std::uint64_t entry_items = 9;
constexpr std::uint64_t step_items = 3;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
Moment from_int(std::int64_t at) { return moment_of(static_cast<std::uint64_t>(at)); }

void write_texts(codec::CborWriter& out, const std::map<std::string, std::string>& texts) {
  out.array(texts.size() * 2);
  for (const auto& [name, value] : texts) out.text(name).text(value);
}

Result<std::map<std::string, std::string>> read_texts(codec::CborReader& in) {
  TRY(items, in.array());
  std::map<std::string, std::string> texts;
  for (std::uint64_t i = 0; i + 1 < items; i += 2) {
    TRY(name, in.text());
    TRY(value, in.text());
    texts.emplace(name, value);
  }
  return texts;
}

store::RowAddress entry_address(std::string_view name) {
  return {.table = "ledger", .primary_key = as_bytes(name), .version = row_version};
}

// The name, and the step behind it.
Bytes step_key(std::string_view name, std::int64_t step) {
  return Message{}.text(name).u8(0).u8(static_cast<std::uint8_t>(step)).take();
}

// A row as it stands in the table.
struct SealedEntry {
  std::string name;
  Moment added_at;
  std::optional<Moment> due_at;
  Bytes sealed;
};

SealedEntry entry_row(const store::Row& row) {
  return {.name = std::string{row.text(0)},
          .added_at = from_int(row.integer(1)),
          .due_at = row.is_null(2) ? std::nullopt : std::optional{from_int(row.integer(2))},
          .sealed = to_bytes(row.bytes(3))};
}

Result<KeptEntry> open_entry(const store::KeyRing& ring, const SealedEntry& row) {
  TRY(plain, store::RowSealer{ring}.open(entry_address(row.name), row.sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != entry_items || version != row_version) return fail(Errc::corrupt, "ledger: version");
  LedgerEntry entry;
  TRY(kind, in.uint());
  TRY(name, in.text());
  TRY(system, in.text());
  TRY(owner, in.text());
  TRY(purpose, in.text());
  TRY(retention, in.text());
  TRY(successor, in.text());
  TRY(places, read_texts(in));
  TRYV(in.end());
  if (kind == 0 || kind > static_cast<std::uint64_t>(LedgerKind::backup)) return fail(Errc::corrupt, "ledger: kind");
  return KeptEntry{.entry = {.name = std::string{name},
                             .kind = static_cast<LedgerKind>(kind),
                             .system = std::string{system},
                             .owner = std::string{owner},
                             .purpose = std::string{purpose},
                             .retention = std::string{retention},
                             .successor = std::string{successor},
                             .places = std::move(places)},
                   .added_at = row.added_at,
                   .due_at = row.due_at};
}

Result<std::vector<KeptEntry>> open_entries(const store::KeyRing& ring, const std::vector<SealedEntry>& rows) {
  std::vector<KeptEntry> entries;
  for (const auto& row : rows) {
    TRY(entry, open_entry(ring, row));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::optional<KeptEntry>> read_entry(store::Transaction& transaction, const store::KeyRing& ring,
                                            std::string_view name) {
  std::vector<SealedEntry> rows;
  TRYV(transaction.run(store::Sql{"SELECT name, added_at, due_at, sealed FROM ledger WHERE name = $1"}, {name},
                       [&](const store::Row& row) { rows.push_back(entry_row(row)); }));
  if (rows.empty()) return std::optional<KeptEntry>{};
  TRY(entry, open_entry(ring, rows.front()));
  return std::optional{std::move(entry)};
}

Result<Bytes> seal_entry(const store::KeyRing& ring, const LedgerEntry& entry) {
  codec::CborWriter plain;
  plain.array(entry_items).uint(row_version).uint(static_cast<std::uint64_t>(entry.kind));
  plain.text(entry.name).text(entry.system).text(entry.owner).text(entry.purpose);
  plain.text(entry.retention).text(entry.successor);
  write_texts(plain, entry.places);
  return store::RowSealer{ring}.seal(entry_address(entry.name), plain.view());
}

Result<std::vector<StepRecord>> read_steps(store::Transaction& transaction, const store::KeyRing& ring,
                                           std::string_view name) {
  struct Sealed {
    std::int64_t step{};
    Moment at;
    Bytes bytes;
  };
  std::vector<Sealed> rows;
  TRYV(transaction.run(store::Sql{"SELECT step, at, sealed FROM ledger_step WHERE name = $1 ORDER BY step"}, {name},
                       [&](const store::Row& row) {
                         rows.push_back(
                             {.step = row.integer(0), .at = from_int(row.integer(1)), .bytes = to_bytes(row.bytes(2))});
                       }));
  std::vector<StepRecord> steps;
  for (const auto& row : rows) {
    TRY(plain,
        store::RowSealer{ring}.open(
            {.table = "ledger_step", .primary_key = step_key(name, row.step), .version = row_version}, row.bytes));
    codec::CborReader in{plain};
    TRY(items, in.array());
    TRY(version, in.uint());
    TRY(at, in.uint());
    if (items != step_items || version != row_version || moment_of(at) != row.at ||
        row.step != static_cast<std::int64_t>(steps.size()) + 1) {
      return fail(Errc::corrupt, "ledger: a step is another one than its row says");
    }
    TRY(findings, read_texts(in));
    TRYV(in.end());
    steps.push_back({.step = static_cast<ClosingStep>(row.step), .at = row.at, .findings = std::move(findings)});
  }
  return steps;
}

Result<void> put_step(store::Transaction& transaction, const store::KeyRing& ring, std::string_view name,
                      const StepRecord& record) {
  const auto step = static_cast<std::int64_t>(record.step);
  codec::CborWriter plain;
  plain.array(step_items).uint(row_version).uint(unix_seconds(record.at));
  write_texts(plain, record.findings);
  const auto key = step_key(name, step);
  TRY(sealed,
      store::RowSealer{ring}.seal({.table = "ledger_step", .primary_key = key, .version = row_version}, plain.view()));
  TRYV(transaction.run(store::Sql{"INSERT INTO ledger_step (name, step, at, sealed) VALUES ($1, $2, $3, $4)"},
                       {name, step, as_int(record.at), BytesView{sealed}}));
  return ok();
}

Result<void> set_due(store::Transaction& transaction, std::string_view name, std::optional<Moment> due) {
  const store::Param at = due ? store::Param{as_int(*due)} : store::Param{};
  TRYV(transaction.run(store::Sql{"UPDATE ledger SET due_at = $2 WHERE name = $1"}, {name, at}));
  return ok();
}

// Before the registration ends; where nobody said when that is, a year behind the closing.
Result<Moment> first_reminder(const LedgerEntry& domain_entry, Moment closed_at) {
  const auto until = domain_entry.places.find(std::string{domain::registered_until});
  if (until == domain_entry.places.end()) return closed_at + std::chrono::days{365} - domain::reminded_before;
  TRY(day, domain::parse_day(until->second));
  return std::max(day - domain::reminded_before, closed_at);
}

Result<std::vector<KeptEntry>> read_parts(store::Transaction& transaction, const store::KeyRing& ring,
                                          std::string_view system) {
  std::vector<SealedEntry> rows;
  TRYV(transaction.run(store::Sql{"SELECT name, added_at, due_at, sealed FROM ledger WHERE system = $1 ORDER BY name"},
                       {system}, [&](const store::Row& row) { rows.push_back(entry_row(row)); }));
  return open_entries(ring, rows);
}

}  // namespace

Result<void> add_ledger_entry(const Platform& platform, const LedgerEntry& entry) {
  TRYV(domain::check(entry));
  TRY(sealed, seal_entry(platform.ring, entry));
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known, read_entry(transaction, platform.ring, entry.name));
    if (known) {
      return known->entry == entry ? Result<void>{ok()}
                                   : Result<void>{fail(Errc::conflict, "the ledger has another entry of this name")};
    }
    if (!entry.system.empty()) {
      TRY(system, read_entry(transaction, platform.ring, entry.system));
      if (!system || system->entry.kind != LedgerKind::service) {
        return fail(Errc::not_found, "the ledger has no service " + entry.system);
      }
      TRY(steps, read_steps(transaction, platform.ring, entry.system));
      if (!steps.empty()) return fail(Errc::conflict, "the closing of " + entry.system + " has begun");
    }
    TRYV(transaction.run(
        store::Sql{"INSERT INTO ledger (name, kind, system, added_at, sealed) VALUES ($1, $2, $3, $4, $5)"},
        {std::string_view{entry.name}, static_cast<std::int64_t>(entry.kind), std::string_view{entry.system},
         as_int(platform.clock.now()), BytesView{sealed}}));
    return ok();
  });
}

Result<std::vector<KeptEntry>> list_ledger(const Platform& platform) {
  std::vector<SealedEntry> rows;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(store::Sql{"SELECT name, added_at, due_at, sealed FROM ledger ORDER BY name"}, {},
                         [&](const store::Row& row) { rows.push_back(entry_row(row)); }));
    return ok();
  }));
  return open_entries(platform.ring, rows);
}

Result<EndingSystem> read_system(store::Transaction& transaction, const Platform& platform, std::string_view name) {
  TRY(service, read_entry(transaction, platform.ring, name));
  if (!service || service->entry.kind != LedgerKind::service) {
    return fail(Errc::not_found, "the ledger has no service of this name");
  }
  TRY(parts, read_parts(transaction, platform.ring, name));
  TRY(steps, read_steps(transaction, platform.ring, name));
  return EndingSystem{.service = std::move(*service), .parts = std::move(parts), .steps = std::move(steps)};
}

Result<EndingSystem> find_system(const Platform& platform, std::string_view name) {
  EndingSystem system;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    BOOST_OUTCOME_TRY(system, read_system(transaction, platform, name));
    return ok();
  }));
  return system;
}

Result<std::vector<EndingSystem>> list_ended(const Platform& platform) {
  std::vector<EndingSystem> systems;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    systems.clear();
    std::vector<std::string> names;
    TRYV(transaction.run(store::Sql{"SELECT name FROM ledger_step WHERE step = 1 ORDER BY name"}, {},
                         [&](const store::Row& row) { names.emplace_back(row.text(0)); }));
    for (const auto& name : names) {
      TRY(system, read_system(transaction, platform, name));
      systems.push_back(std::move(system));
    }
    return ok();
  }));
  return systems;
}

Result<StepRecord> record_step(const Platform& platform, std::string_view system, ClosingStep step,
                               const domain::Findings& findings) {
  TRYV(domain::check(findings));
  StepRecord record;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, read_system(transaction, platform, system));
    const auto place = static_cast<std::size_t>(step) - 1;
    if (place < found.steps.size()) {
      record = found.steps[place];
      return ok();
    }
    if (place > found.steps.size()) {
      return fail(Errc::conflict,
                  std::string{domain::name_of(domain::closing_steps.at(found.steps.size()))} + " comes before it");
    }
    record = {.step = step, .at = platform.clock.now(), .findings = findings};
    TRYV(put_step(transaction, platform.ring, system, record));
    if (step != ClosingStep::domain_kept) return ok();
    for (const auto& part : found.parts) {
      if (part.entry.kind != LedgerKind::domain) continue;
      TRY(due, first_reminder(part.entry, record.at));
      TRYV(set_due(transaction, part.entry.name, due));
    }
    return ok();
  }));
  return record;
}

Result<std::vector<KeptEntry>> due_reminders(const Platform& platform) {
  std::vector<SealedEntry> rows;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(store::Sql{"SELECT name, added_at, due_at, sealed FROM ledger "
                                    "WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, name"},
                         {as_int(platform.clock.now())},
                         [&](const store::Row& row) { rows.push_back(entry_row(row)); }));
    return ok();
  }));
  return open_entries(platform.ring, rows);
}

Result<KeptEntry> renew_domain(const Platform& platform, std::string_view name, Moment until) {
  std::optional<KeptEntry> renewed;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    const auto now = platform.clock.now();
    if (until <= now) return fail(Errc::invalid_argument, "this day is over");
    TRY(entry, read_entry(transaction, platform.ring, name));
    if (!entry) return fail(Errc::not_found, "the ledger has no entry of this name");
    if (entry->entry.kind != LedgerKind::domain || entry->entry.system.empty()) {
      return fail(Errc::conflict, "this is no domain of a closed system");
    }
    TRY(steps, read_steps(transaction, platform.ring, entry->entry.system));
    if (steps.size() != domain::closing_steps.size()) return fail(Errc::conflict, "its system is not closed yet");
    // Behind the years for which it is kept nobody is reminded any more.
    const auto kept_until = steps.back().at + domain::domain_kept_for;
    const auto due = until - domain::reminded_before;
    entry->due_at = until >= kept_until ? std::nullopt : std::optional{std::max(due, now + std::chrono::days{1})};
    TRYV(set_due(transaction, name, entry->due_at));
    renewed = std::move(*entry);
    return ok();
  }));
  return std::move(*renewed);
}

}  // namespace lindung::service
