#include "border/desk.h"

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
#include "border/device.h"
#include "cert/card_code.h"
#include "cert/reason.h"
#include "domain/border_decision.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"
#include "domain/mrz.h"
#include "store/database.h"

namespace lindung::border {

namespace {

using domain::CardClaims;
using domain::DeskFindings;
using domain::DeskVerdict;
using store::Row;
using store::Sql;
using store::Transaction;

std::int64_t as_int(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::int64_t as_int(Moment at) { return as_int(unix_seconds(at)); }
std::uint64_t number_in(const Row& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

DeskFindings joined(DeskFindings left, DeskFindings right) { return DeskFindings{left.bits() | right.bits()}; }

Result<std::vector<domain::KnownPassing>> passings_of(const Device& device, Transaction& transaction, BytesView card,
                                                      BytesView mark) {
  std::vector<domain::KnownPassing> out;
  TRYV(transaction.run(
      Sql{"SELECT verdict, device FROM passing WHERE card_id = $1 AND mark = $2"}, {card, mark}, [&](const Row& row) {
        out.push_back(
            {.verdict = static_cast<DeskVerdict>(row.integer(0)), .is_here = row.text(1) == device.identity().id});
      }));
  return out;
}

Result<DeskFindings> findings_of_card(const Device& device, Transaction& transaction, const CardClaims& claims,
                                      Moment now) {
  domain::DeskView view{.port = device.identity().port, .at = now, .list_made_at = std::nullopt};
  TRYV(transaction.run(Sql{"SELECT version, withdrawn FROM listed_card WHERE card_id = $1"}, {claims.id.bytes()},
                       [&](const Row& row) {
                         view.newest_version = number_in(row, 0);
                         view.is_withdrawn = row.integer(1) != 0;
                       }));
  TRY(made_at, state_number(transaction, "list_made_at"));
  if (made_at != 0) view.list_made_at = moment_of(made_at);
  return domain::card_findings(claims, view);
}

Result<std::vector<PersonSeen>> people_of(const Device& device, Transaction& transaction, const CardClaims& claims,
                                          const std::optional<domain::TravelZone>& zone, Moment now) {
  TRY(of_card, findings_of_card(device, transaction, claims, now));
  std::optional<Secret<32>> key;
  std::optional<std::size_t> holder;
  if (zone) {
    TRY(known, device.document_key(transaction, claims.travel_date));
    key = std::move(known);
    holder = domain::person_of_document(claims, *zone, key);
    // A card of one person is theirs or nobody's: what differs is told.
    if (!holder && claims.persons.size() == 1) holder = 0;
  }
  std::vector<PersonSeen> out;
  for (std::size_t i = 0; i < claims.persons.size(); ++i) {
    const auto& person = claims.persons[i];
    TRY(known, passings_of(device, transaction, claims.id.bytes(), person.mark));
    PersonSeen seen{.place = i,
                    .person = person,
                    .findings = joined(of_card, domain::passing_findings(claims, known)),
                    .is_of_document = holder == i};
    if (holder == i) {
      seen.findings = joined(seen.findings, domain::document_findings(claims, person, *zone, key, now));
    } else if (zone && !holder) {
      seen.findings.add(domain::DeskFinding::document_differs);
    }
    out.push_back(std::move(seen));
  }
  return out;
}

Result<void> store_scan(Transaction& transaction, ScanSeen& seen) {
  TRY(last, state_number(transaction, "last_scan"));
  seen.scan = last + 1;
  TRYV(set_state_number(transaction, "last_scan", seen.scan));
  if (seen.refusal) {
    const auto reason = std::string{name_of(seen.refusal->reason)};
    TRYV(transaction.run(Sql{"INSERT INTO scan (scan_id, at, refused) VALUES ($1, $2, $3)"},
                         {as_int(seen.scan), as_int(seen.at), std::string_view{reason}}));
    return ok();
  }
  TRYV(transaction.run(Sql{"INSERT INTO scan (scan_id, at, card_id, version, travel_day, crossings) "
                           "VALUES ($1, $2, $3, $4, $5, $6)"},
                       {as_int(seen.scan), as_int(seen.at), seen.claims.id.bytes(), as_int(seen.claims.version),
                        std::int64_t{seen.claims.travel_date.number}, as_int(seen.claims.crossings)}));
  for (const auto& each : seen.people) {
    TRYV(transaction.run(
        Sql{"INSERT INTO scan_person (scan_id, place, mark, findings) VALUES ($1, $2, $3, $4)"},
        {as_int(seen.scan), as_int(each.place), BytesView{each.person.mark}, as_int(each.findings.bits())}));
  }
  return ok();
}

struct StoredScan {
  Moment at;
  Bytes card;
  std::uint64_t version{};
  Day travel_date;
  std::uint64_t crossings{};
};
struct StoredPerson {
  std::uint64_t place{};
  domain::DocumentMark mark{};
  DeskFindings findings;
};

Result<StoredScan> load_scan(Transaction& transaction, std::uint64_t scan, Moment now) {
  std::optional<StoredScan> found;
  TRYV(transaction.run(
      Sql{"SELECT at, card_id, version, travel_day, crossings FROM scan WHERE scan_id = $1 AND refused IS NULL"},
      {as_int(scan)}, [&](const Row& row) {
        found = StoredScan{.at = moment_of(number_in(row, 0)),
                           .card = to_bytes(row.bytes(1)),
                           .version = number_in(row, 2),
                           .travel_date = Day{static_cast<std::uint32_t>(row.integer(3))},
                           .crossings = number_in(row, 4)};
      }));
  if (!found) return fail(Errc::not_found, "no scan of this number, or one whose code was refused");
  if (now - found->at > scan_life) return fail(Errc::not_found, "that scan is too old: scan the code again");
  return std::move(*found);
}

Result<std::vector<StoredPerson>> load_undecided(Transaction& transaction, const DecisionWish& wish) {
  std::vector<StoredPerson> out;
  bool is_there = !wish.place;
  TRYV(transaction.run(Sql{"SELECT place, mark, findings, decided_at FROM scan_person WHERE scan_id = $1 "
                           "ORDER BY place"},
                       {as_int(wish.scan)}, [&](const Row& row) {
                         if (wish.place && *wish.place != number_in(row, 0)) return;
                         is_there = true;
                         if (!row.is_null(3)) return;
                         out.push_back({.place = number_in(row, 0),
                                        .mark = take<8>(row.bytes(1)),
                                        .findings = DeskFindings{number_in(row, 2)}});
                       }));
  if (!is_there) return fail(Errc::not_found, "the card has nobody at that place");
  if (out.empty()) return fail(Errc::conflict, "this was decided already: scan the code again to see how");
  return out;
}

std::string names_of(DeskFindings findings) {
  std::string out;
  for (const auto each : findings.list()) {
    if (!out.empty()) out += ", ";
    out += name_of(each);
  }
  return out;
}

Result<void> check_wish(const DecisionWish& wish) {
  if (wish.verdict == DeskVerdict::admit && !wish.photo_matches) {
    return fail(Errc::invalid_argument, "an admission needs --photo: your word that the photograph is the traveller's");
  }
  if (wish.is_override && wish.reason.empty()) return fail(Errc::invalid_argument, "an override needs --reason");
  return ok();
}

Result<domain::SignedDecision> append(const Device& device, Transaction& transaction, domain::BorderDecision decision) {
  TRY(last, state_number(transaction, "last_decision"));
  TRY(hash, state(transaction, "last_decision_hash"));
  decision.number = last + 1;
  if (hash) decision.previous = take<32>(*hash);
  const auto waited = decision.at - decision.scanned_at;
  TRY(made, domain::sign_decision(std::move(decision), device.identity().signing_key));
  const auto bytes = domain::decision_bytes(made);
  TRYV(transaction.run(
      Sql{"INSERT INTO decision (number, bytes, at, waited_s, verdict, overridden) "
          "VALUES ($1, $2, $3, $4, $5, $6)"},
      {as_int(made.decision.number), BytesView{bytes}, as_int(made.decision.at), std::int64_t{waited.count()},
       static_cast<std::int64_t>(made.decision.verdict), std::int64_t{made.decision.is_override ? 1 : 0}}));
  TRYV(set_state_number(transaction, "last_decision", made.decision.number));
  TRYV(set_state(transaction, "last_decision_hash", domain::decision_hash(made)));
  return made;
}

Result<DecisionTaken> decide_person(const Device& device, Transaction& transaction, const DecisionWish& wish,
                                    const StoredScan& scan, const StoredPerson& person, Moment now) {
  TRY(known, passings_of(device, transaction, scan.card, person.mark));
  CardClaims crossings_only;
  crossings_only.crossings = scan.crossings;
  const auto findings = joined(person.findings, domain::passing_findings(crossings_only, known));
  if (domain::needs_override(wish.verdict, findings) && !wish.is_override) {
    const auto found = names_of(findings);
    return fail(Errc::denied, found.empty() ? "nothing was found against an admission: --override --reason TEXT"
                                            : found + ": --override --reason TEXT, if it must be");
  }
  TRY(made, append(device, transaction,
                   {.device = device.identity().id,
                    .at = now,
                    .scanned_at = scan.at,
                    .port = device.identity().port,
                    .card = domain::CardId{take<16>(scan.card)},
                    .version = scan.version,
                    .travel_date = scan.travel_date,
                    .place = person.place,
                    .mark = person.mark,
                    .verdict = wish.verdict,
                    .is_override = wish.is_override,
                    .findings = findings,
                    .reason = wish.reason,
                    .symptoms = wish.symptoms}));
  if (wish.verdict != DeskVerdict::test) {
    TRYV(transaction.run(Sql{"INSERT INTO passing (card_id, mark, device, at, verdict) VALUES ($1, $2, $3, $4, $5) "
                             "ON CONFLICT DO NOTHING"},
                         {BytesView{scan.card}, BytesView{person.mark}, std::string_view{device.identity().id},
                          as_int(now), static_cast<std::int64_t>(wish.verdict)}));
  }
  TRYV(transaction.run(Sql{"UPDATE scan_person SET decided_at = $3 WHERE scan_id = $1 AND place = $2"},
                       {as_int(wish.scan), as_int(person.place), as_int(now)}));
  return DecisionTaken{
      .number = made.decision.number, .place = person.place, .verdict = wish.verdict, .findings = findings};
}

}  // namespace

Result<ScanSeen> scan(Device& device, std::string_view code, const std::optional<domain::TravelZone>& zone) {
  ScanSeen seen;
  TRYV(device.database().write([&](Transaction& transaction) -> Result<void> {
    seen = {};
    TRY(now, device.tick(transaction));
    TRY(keys, device.travel_keys(transaction));
    if (keys->size() == 0) return fail(Errc::unavailable, "no list of the server yet: lindung border sync");
    seen.at = now;
    const auto card = cert::verify_card_code(code, *keys, now);
    if (card) {
      seen.claims = card.value().claims();
      TRY(people, people_of(device, transaction, seen.claims, zone, now));
      seen.people = std::move(people);
    } else {
      seen.refusal = card.error();
    }
    return store_scan(transaction, seen);
  }));
  return seen;
}

Result<std::vector<DecisionTaken>> decide(Device& device, const DecisionWish& wish) {
  TRYV(check_wish(wish));
  std::vector<DecisionTaken> taken;
  TRYV(device.database().write([&](Transaction& transaction) -> Result<void> {
    taken.clear();
    TRY(now, device.tick(transaction));
    TRY(scan, load_scan(transaction, wish.scan, now));
    TRY(people, load_undecided(transaction, wish));
    for (const auto& person : people) {
      TRY(each, decide_person(device, transaction, wish, scan, person, now));
      taken.push_back(each);
    }
    return ok();
  }));
  return taken;
}

}  // namespace lindung::border
