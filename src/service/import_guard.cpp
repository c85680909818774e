#include "service/import_guard.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/guard.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/record.h"
#include "service/issuer_days.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "store/database.h"

namespace lindung::service {

namespace {

using domain::PersonRecords;
using domain::ReadBatch;
using domain::Reason;

void put_aside(ReadBatch& part, domain::Quarantined row) {
  part.quarantined.push_back(std::move(row));
  --part.balance.accepted;
  ++part.balance.quarantined;
}

void hold_record(ReadBatch& part, PersonRecords& told, std::size_t i, Reason reason) {
  put_aside(part,
            {.place = told.places[i], .reason = reason, .person = told.person, .record = std::move(told.records[i])});
  told.records.erase(told.records.begin() + static_cast<std::ptrdiff_t>(i));
  told.places.erase(told.places.begin() + static_cast<std::ptrdiff_t>(i));
}

void hold_row(ReadBatch& part, PersonRecords& told, Reason reason) {
  put_aside(part, {.place = told.rows.back(), .reason = reason, .person = told.person, .record = {}});
  told.rows.pop_back();
}

void hold_all(ReadBatch& part, PersonRecords& told, Reason reason) {
  while (!told.rows.empty()) hold_row(part, told, reason);
  while (!told.records.empty()) hold_record(part, told, told.records.size() - 1, reason);
}

bool is_left(const PersonRecords& told) { return !told.rows.empty() || !told.records.empty(); }

// The records of one person beside those that are known, and beside each other.
void screen_intervals(ReadBatch& part, Incoming& incoming) {
  auto beside = incoming.records;
  for (std::size_t i = 0; i < incoming.told.records.size();) {
    const auto* dose = std::get_if<domain::Vaccination>(&incoming.told.records[i].fact);
    if (dose != nullptr && domain::is_impossible_beside(*dose, beside)) {
      hold_record(part, incoming.told, i, Reason::impossible_interval);
      continue;
    }
    if (dose != nullptr) beside.push_back(incoming.told.records[i]);
    ++i;
  }
}

struct LotCount {
  std::uint64_t left{};
  bool is_known{};
  bool has_register{};  // some lot of this vaccine is known
};

// Held until the unit ends.
Result<LotCount> hold_lot(store::Transaction& transaction, std::string_view vaccine, std::string_view lot) {
  constexpr store::Sql read_lot{"SELECT doses, used FROM lot WHERE vaccine = $1 AND lot = $2"};
  constexpr store::Sql read_and_lock_lot{"SELECT doses, used FROM lot WHERE vaccine = $1 AND lot = $2 FOR UPDATE"};
  LotCount count;
  TRYV(transaction.run(
      transaction.engine() == store::Engine::sqlite ? read_lot : read_and_lock_lot, {vaccine, lot},
      [&](const store::Row& row) {
        const auto left = row.integer(0) - row.integer(1);
        count = {.left = left < 0 ? 0 : static_cast<std::uint64_t>(left), .is_known = true, .has_register = true};
      }));
  if (count.is_known) return count;
  TRY(others, transaction.run(store::Sql{"SELECT lot FROM lot WHERE vaccine = $1 LIMIT 1"}, {vaccine}));
  count.has_register = others != 0;
  return count;
}

}  // namespace

Result<ImportGuard> ImportGuard::begin(store::Transaction& transaction, const domain::Issuer& issuer,
                                       Moment entered_at) {
  ImportGuard guard{transaction, issuer, entered_at};
  const auto day = day_of(entered_at);
  TRY(today, hold_issuer_day(transaction, issuer.id, day));
  guard.today_ = today;
  TRY(past, read_issuer_days(transaction, issuer.id, day.number - domain::built_in_guard().past.count(), day.number));
  guard.usual_ = domain::usual_rows(past);
  return guard;
}

void ImportGuard::screen_terms(ReadBatch& part) {
  for (auto& told : part.people) {
    if (const auto reason = domain::refused_by_terms(issuer_->terms, entered_at_, told.person)) {
      hold_all(part, told, *reason);
    }
    for (std::size_t i = 0; i < told.records.size();) {
      const auto reason = domain::refused_by_terms(issuer_->terms, entered_at_, told.records[i].fact);
      if (reason) {
        hold_record(part, told, i, *reason);
      } else {
        ++i;
      }
    }
  }
}

// Rows beyond what the issuer may enter, or ever entered, on one day; in the order of their people.
void ImportGuard::screen_counts(ReadBatch& part) {
  constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();
  const auto cap = issuer_->terms.daily_rows == 0 ? no_limit : issuer_->terms.daily_rows;
  const auto usual = usual_.value_or(no_limit);
  const auto limit = std::min(cap, usual);
  const auto reason = cap <= usual ? Reason::over_daily_cap : Reason::unusual_velocity;
  auto left = limit > today_ ? limit - today_ : 0;
  for (auto& told : part.people) {
    while (told.rows.size() > left) hold_row(part, told, reason);
    left -= told.rows.size();
    while (told.records.size() > left) hold_record(part, told, told.records.size() - 1, reason);
    left -= told.records.size();
  }
}

Result<void> ImportGuard::screen_lots(std::vector<Incoming>& people, ReadBatch& part) {
  // In one order for all imports. A dose that is known already was counted when it came first; one that the part tells
  // twice is one.
  struct Dose {
    Incoming* of;
    const domain::Fact* fact;
    std::vector<domain::RecordId> records;
  };
  std::map<std::pair<std::string_view, std::string_view>, std::vector<Dose>> doses;
  for (auto& incoming : people) {
    for (const auto& record : incoming.told.records) {
      const auto* dose = std::get_if<domain::Vaccination>(&record.fact);
      const auto is_same = [&](const domain::Record& known) { return known.fact == record.fact; };
      if (dose == nullptr || dose->lot.empty() || std::ranges::any_of(incoming.records, is_same)) continue;
      auto& given = doses[{dose->vaccine, dose->lot}];
      const auto same = std::ranges::find_if(
          given, [&](const Dose& each) { return each.of == &incoming && *each.fact == record.fact; });
      if (same == given.end()) {
        given.push_back({.of = &incoming, .fact = &record.fact, .records = {record.id}});
      } else {
        same->records.push_back(record.id);
      }
    }
  }
  struct Held {
    Dose dose;
    Reason reason;
  };
  std::vector<Held> held;
  for (const auto& [lot, given] : doses) {
    TRY(count, hold_lot(*transaction_, lot.first, lot.second));
    if (!count.has_register) continue;
    const auto reason = count.is_known ? Reason::lot_exhausted : Reason::unknown_lot;
    const auto taken = std::min<std::size_t>(given.size(), count.left);
    for (std::size_t i = taken; i < given.size(); ++i) held.push_back({.dose = given[i], .reason = reason});
    if (taken == 0) continue;
    TRYV(transaction_->run(store::Sql{"UPDATE lot SET used = used + $3 WHERE vaccine = $1 AND lot = $2"},
                           {lot.first, lot.second, static_cast<std::int64_t>(taken)}));
  }
  for (const auto& [dose, reason] : held) {  // keys of the map and facts look into the records until here
    auto& records = dose.of->told.records;
    for (const auto& id : dose.records) {
      const auto at = std::ranges::find(records, id, &domain::Record::id);
      if (at != records.end()) hold_record(part, dose.of->told, static_cast<std::size_t>(at - records.begin()), reason);
    }
  }
  return ok();
}

Result<std::vector<Incoming>> ImportGuard::screen(PersonFinder& finder, ReadBatch& part) {
  screen_terms(part);
  screen_counts(part);
  std::vector<Incoming> people;
  people.reserve(part.people.size());
  std::ranges::sort(part.people, {}, [](const auto& each) { return domain::index_key(each.person); });
  for (auto& told : part.people) {
    if (!is_left(told)) continue;
    Incoming incoming{.told = std::move(told), .person = {}, .known = {}, .records = {}};
    TRY(person, finder.find(incoming.told.person));
    if (person) {
      TRY(known, read_identity(*transaction_, *person));
      TRY(records, read_records(*transaction_, *person));
      incoming.person = std::move(person);
      incoming.known = std::move(known);
      incoming.records = std::move(records);
      const auto& told_birth = incoming.told.person.birth;
      if (told_birth && incoming.known.birth && domain::contradicts(*told_birth, *incoming.known.birth)) {
        hold_all(part, incoming.told, Reason::contradicts_known_birth_date);
      }
    }
    screen_intervals(part, incoming);
    people.push_back(std::move(incoming));
  }
  TRYV(screen_lots(people, part));
  std::erase_if(people, [](const Incoming& each) { return !is_left(each.told); });
  part.people.clear();
  return people;
}

Result<void> ImportGuard::count(std::uint64_t accepted) {
  return add_to_issuer_day(*transaction_, issuer_->id, day_of(entered_at_), static_cast<std::int64_t>(accepted));
}

}  // namespace lindung::service
