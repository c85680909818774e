#include "travel/border_intake.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/border_decision.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "travel/day_keys.h"
#include "travel/decisions.h"
#include "travel/devices.h"
#include "travel/ground.h"
#include "travel/sick.h"

namespace lindung::travel {

namespace {

using domain::DecisionRow;
using domain::DeskConflict;
using domain::DeskVerdict;
using domain::SignedDecision;
using store::Row;
using store::Sql;
using store::Transaction;

constexpr std::string_view table = "travel_passing";
constexpr seconds clock_slack{300};

std::int64_t as_int(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::int64_t as_int(Moment at) { return as_int(unix_seconds(at)); }
std::uint64_t number_in(const Row& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

Result<DecisionRow> load_row(Transaction& transaction, const std::string& device) {
  DecisionRow out;
  TRYV(transaction.run(Sql{"SELECT number, hash FROM travel_desk_row WHERE device_id = $1"}, {std::string_view{device}},
                       [&](const Row& row) { out = {.number = number_in(row, 0), .hash = take<32>(row.bytes(1))}; }));
  return out;
}

Result<SignedDecision> read_of(const Device& device, BytesView bytes) {
  TRY(decision, domain::read_decision(bytes));
  const auto& said = decision.decision;
  if (!domain::is_signed_by(decision, device.key) || said.device != device.id || said.port != device.port) {
    return fail(Errc::bad_signature, "a decision of another device");
  }
  return decision;
}

// What follows the row as it is here; the row is moved to its end.
Result<std::vector<SignedDecision>> fresh_ones(const Device& device, const std::vector<BytesView>& decisions,
                                               DecisionRow& row) {
  std::vector<SignedDecision> out;
  for (const auto bytes : decisions) {
    TRY(decision, read_of(device, bytes));
    const auto number = decision.decision.number;
    if (number == row.number && out.empty() && domain::decision_hash(decision) != row.hash) {
      return fail(Errc::conflict, "the device's decisions had another past", row.number);
    }
    if (number <= row.number) continue;
    TRYV(domain::follow(row, decision));
    out.push_back(std::move(decision));
  }
  return out;
}

DecisionId id_of(const SignedDecision& decision) { return take<16>(domain::decision_hash(decision)); }

DeskOutcome outcome_of(DeskVerdict verdict) {
  switch (verdict) {
    case DeskVerdict::admit: return DeskOutcome::admitted;
    case DeskVerdict::test: return DeskOutcome::referred;
    case DeskVerdict::refuse:
    case DeskVerdict::isolate: break;
  }
  return DeskOutcome::refused;
}

// A device whose clock is ahead has decided all the same: what is written down here is not ahead.
Moment not_ahead(Moment at, Moment now) { return at > now + clock_slack ? now : at; }

Result<void> count_in(const Ground& ground, const Device& device, const std::vector<SignedDecision>& fresh) {
  const auto now = ground.clock.now();
  std::vector<Decision> decisions;
  for (const auto& each : fresh) {
    const auto& said = each.decision;
    decisions.push_back({.id = id_of(each),
                         .card = said.card,
                         .version = said.version,
                         .place = static_cast<std::uint8_t>(said.place),
                         .at = not_ahead(said.at, now),
                         .outcome = outcome_of(said.verdict),
                         .is_override = said.is_override,
                         .reason = said.is_override ? said.reason : std::string{}});
  }
  TRYV(take_decisions(ground, device, decisions));
  for (const auto& each : fresh) {
    const auto& said = each.decision;
    if (said.verdict != DeskVerdict::isolate) continue;
    const auto reported = report_sick(ground, device,
                                      {.id = id_of(each),
                                       .card = said.card,
                                       .place = static_cast<std::uint8_t>(said.place),
                                       .at = not_ahead(said.at, now),
                                       .symptoms = said.symptoms,
                                       .note = said.reason});
    // A card that is gone here cannot be reported on; a report under this id was taken before.
    const bool is_done = reported.has_value() || reported.error().code == Errc::not_found ||
                         reported.error().code == Errc::replay_conflict || reported.error().code == Errc::denied;
    if (!is_done) return reported.error();
  }
  return ok();
}

Result<void> put_passing(const Ground& ground, Transaction& transaction, const SignedDecision& decision) {
  const auto& said = decision.decision;
  const auto key = Message{}.text(said.device).u8(0).be(said.number).take();
  const auto sealed = seal_row(ground, said.travel_date, table, key, domain::decision_bytes(decision));
  const bool has_no_key =
      sealed.has_error() && (sealed.error().code == Errc::denied || sealed.error().code == Errc::not_found);
  if (sealed.has_error() && !has_no_key) return sealed.error();
  TRYV(transaction.run(
      Sql{"INSERT INTO travel_passing (port, travel_day, card_id, mark, device_id, number, verdict, overridden, at, "
          "sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING"},
      {std::string_view{said.port}, std::int64_t{said.travel_date.number}, said.card.bytes(), BytesView{said.mark},
       std::string_view{said.device}, as_int(said.number), static_cast<std::int64_t>(said.verdict),
       std::int64_t{domain::knew_of_others(said) ? 1 : 0}, as_int(said.at),
       has_no_key ? BytesView{} : BytesView{sealed.value()}}));
  return ok();
}

Result<void> find_conflict(service::LoggedUnit& unit, const Device& device, const SignedDecision& decision) {
  const auto& said = decision.decision;
  auto& transaction = unit.transaction();
  const std::string_view port = said.port;
  const std::int64_t day = said.travel_date.number;
  std::vector<domain::DeskPassing> passings;
  TRYV(transaction.run(Sql{"SELECT device_id, verdict, overridden, at FROM travel_passing WHERE port = $1 AND "
                           "travel_day = $2 AND card_id = $3 AND mark = $4"},
                       {port, day, said.card.bytes(), BytesView{said.mark}}, [&](const Row& row) {
                         passings.push_back({.device = std::string{row.text(0)},
                                             .verdict = static_cast<DeskVerdict>(row.integer(1)),
                                             .knew_of_others = row.integer(2) != 0,
                                             .at = moment_of(number_in(row, 3))});
                       }));
  constexpr std::uint64_t crossings = 1;  // of each card that this installation makes
  const auto kind = domain::conflict_of(passings, crossings);
  if (kind == DeskConflict::none) return ok();
  TRY(added, transaction.run(Sql{"INSERT INTO travel_conflict (port, travel_day, card_id, mark, kind, found_at) "
                                 "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"},
                             {port, day, said.card.bytes(), BytesView{said.mark}, static_cast<std::int64_t>(kind),
                              as_int(unit.now())}));
  if (added == 0) return ok();
  TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                  .action = "travel.desk-conflict",
                                  .officer_key_digest = crypto::sha256(device.key.bytes()),
                                  .case_digest = domain::decision_hash(decision)}));
  return ok();
}

DeskConflictRow conflict_in(const Row& row) {
  return {.port = std::string{row.text(0)},
          .day = Day{static_cast<std::uint32_t>(row.integer(1))},
          .card = domain::CardId{take<16>(row.bytes(2))},
          .mark = take<8>(row.bytes(3)),
          .kind = static_cast<DeskConflict>(row.integer(4)),
          .found_at = moment_of(number_in(row, 5))};
}

Result<std::vector<DeskConflictRow>> conflicts_of(const Ground& ground, const Device& device) {
  std::vector<DeskConflictRow> out;
  TRYV(ground.database.read([&](Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(
        Sql{"SELECT c.port, c.travel_day, c.card_id, c.mark, c.kind, c.found_at FROM travel_conflict c "
            "WHERE c.port = $1 AND EXISTS (SELECT 1 FROM travel_passing p WHERE p.port = c.port AND "
            "p.travel_day = c.travel_day AND p.card_id = c.card_id AND p.mark = c.mark AND p.device_id = $2) "
            "ORDER BY c.found_at DESC LIMIT 1000"},
        {std::string_view{device.port}, std::string_view{device.id}},
        [&](const Row& row) { out.push_back(conflict_in(row)); }));
    return ok();
  }));
  return out;
}

Result<DecisionRow> row_of(const Ground& ground, const Device& device) {
  DecisionRow out;
  TRYV(ground.database.read([&](Transaction& transaction) -> Result<void> {
    TRY(loaded, load_row(transaction, device.id));
    out = loaded;
    return ok();
  }));
  return out;
}

}  // namespace

Result<IntakeReport> take_signed_decisions(const Ground& ground, const Device& device,
                                           const std::vector<BytesView>& decisions) {
  if (decisions.size() > most_signed_decisions) return fail(Errc::too_large, "more than 500 decisions in one batch");
  TRY(before, row_of(ground, device));
  auto row = before;
  TRY(fresh, fresh_ones(device, decisions, row));
  IntakeReport report{.up_to = row.number, .taken = fresh.size(), .conflicts = {}};
  if (!fresh.empty()) {
    // First what has an id of its own and may come again, then the chain's end: killed in between, it comes again.
    TRYV(count_in(ground, device, fresh));
    TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
      TRY(now_here, load_row(unit.transaction(), device.id));
      if (now_here.number != before.number) return fail(Errc::busy, "another batch of this device is being taken");
      for (const auto& each : fresh) {
        TRYV(put_passing(ground, unit.transaction(), each));
        TRYV(find_conflict(unit, device, each));
      }
      TRYV(unit.transaction().run(
          Sql{"INSERT INTO travel_desk_row (device_id, number, hash, serial) VALUES ($1, $2, $3, 0) "
              "ON CONFLICT (device_id) DO UPDATE SET number = excluded.number, hash = excluded.hash"},
          {std::string_view{device.id}, as_int(row.number), BytesView{row.hash}}));
      return ok();
    }));
  }
  TRY(conflicts, conflicts_of(ground, device));
  report.conflicts = std::move(conflicts);
  return report;
}

Result<std::vector<DeskConflictRow>> list_conflicts(const Ground& ground, const std::string& port) {
  std::vector<DeskConflictRow> out;
  TRYV(ground.database.read([&](Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(Sql{"SELECT port, travel_day, card_id, mark, kind, found_at FROM travel_conflict "
                             "WHERE port = $1 ORDER BY found_at DESC LIMIT 1000"},
                         {std::string_view{port}}, [&](const Row& row) { out.push_back(conflict_in(row)); }));
    return ok();
  }));
  return out;
}

}  // namespace lindung::travel
