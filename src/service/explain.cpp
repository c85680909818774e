#include "service/explain.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/derive.h"
#include "domain/hand.h"
#include "domain/legal_basis.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "log/entry.h"
#include "service/hand_rows.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/rule_set_rows.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

constexpr std::chrono::years horizon{20};

Result<Moment> moment_of_entry(store::Transaction& transaction, std::uint64_t index) {
  Bytes leaf;
  TRY(found,
      transaction.run(store::Sql{"SELECT leaf FROM log_entry WHERE idx = $1"}, {static_cast<std::int64_t>(index)},
                      [&](const store::Row& row) { leaf = to_bytes(row.bytes(0)); }));
  if (found == 0) return fail(Errc::corrupt, "the log has a gap");
  TRY(entry, log::decode(leaf));
  return log::made_at(entry);
}

// How long the log was then: the first entry of a later moment, by halving; entries stand in the order of time, to 10
// s.
Result<std::uint64_t> size_at(store::Transaction& transaction, Moment at) {
  TRY(size, store::read_log_size(transaction));
  std::uint64_t first = 0;
  std::uint64_t count = size;
  while (count > 0) {
    const auto half = count / 2;
    TRY(moment, moment_of_entry(transaction, first + half));
    if (moment <= at) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

Result<domain::RuleSet> rules_at(store::Transaction& transaction, const Platform& platform, std::uint64_t position) {
  std::optional<RuleSetRow> row;
  TRYV(transaction.run(store::Sql{"SELECT rule_id, version FROM rules_in_force WHERE log_index < $1 OR log_index = 0 "
                                  "ORDER BY log_index DESC LIMIT 1"},
                       {static_cast<std::int64_t>(position)}, [&](const store::Row& found) {
                         row.emplace();
                         row->id = found.text(0);
                         row->version = found.text(1);
                       }));
  if (!row) return fail(Errc::not_found, "no rules were in force then");
  return open_rule_set(transaction, platform.ring, *row);
}

std::vector<domain::Record> known_at(const std::vector<KnownRecord>& history, std::uint64_t position) {
  std::vector<domain::Record> records;
  for (const auto& each : history) {
    if (each.from <= position && (!each.until || position < *each.until)) records.push_back(each.record);
  }
  return records;
}

std::string_view payload_name(domain::RecordKind kind) {
  switch (kind) {
    case domain::RecordKind::vaccination: return "vaccinations";
    case domain::RecordKind::test: return "tests";
    case domain::RecordKind::recovery: return "recoveries";
    case domain::RecordKind::exemption: return "exemptions";
    case domain::RecordKind::contact: break;
  }
  return "contacts";
}

struct Origin {
  std::string import_id;
  KeyId key;
};

Result<Origin> origin_of(store::Transaction& transaction, const domain::BatchId& batch) {
  Origin origin;
  TRYV(transaction.run(store::Sql{"SELECT import_id, key_id FROM batch WHERE batch = $1"}, {batch.bytes()},
                       [&](const store::Row& row) {
                         origin = {.import_id = std::string{row.text(0)}, .key = KeyId{std::string{row.text(1)}}};
                       }));
  return origin;
}

// The hand that the reserved place of a rule stands for: the newest of its kind that covers the moment.
std::optional<ExplainedHand> deciding_hand(const std::vector<KeptHand>& hands, std::uint64_t position, Moment at,
                                           std::uint8_t rule) {
  if (rule != domain::override_rule && rule != domain::dispute_rule) return std::nullopt;
  const auto kind = rule == domain::override_rule ? domain::HandKind::override_colour : domain::HandKind::dispute;
  std::optional<ExplainedHand> found;
  for (const auto& hand : hands) {
    if (hand.kind != kind || hand.log_index_from >= position || at < hand.from || at >= hand.until) continue;
    const auto basis = domain::find_legal_basis(hand.basis);  // a dispute has none
    found = ExplainedHand{.kind = kind,
                          .from = hand.from,
                          .until = hand.until,
                          .basis = basis.has_value() ? basis.value()->name : domain::Text{}};
  }
  return found;
}

// Those without which something would be otherwise; and where facts stand for each other, such as a third dose for the
// second, the oldest that are enough.
Result<std::vector<bool>> deciding_records(domain::Assessor& assessor, std::span<const domain::Record> records,
                                           Moment at, const domain::Assessment& assessed) {
  const auto is_same_without = [&](const std::vector<bool>& left_out) -> Result<bool> {
    std::vector<domain::Record> others;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!left_out[i]) others.push_back(records[i]);
    }
    assessor.load(domain::to_json(others));
    TRY(other, assessor.at(at));
    return other.colour == assessed.colour && other.rule == assessed.rule && other.doors == assessed.doors;
  };
  std::vector<bool> decides(records.size());
  std::vector<bool> spared(records.size());
  for (auto i = records.size(); i-- > 0;) {
    std::vector<bool> alone(records.size());
    alone[i] = true;
    TRY(is_needless, is_same_without(alone));
    spared[i] = true;
    TRY(is_enough, is_same_without(spared));
    if (!is_enough) spared[i] = false;
    decides[i] = !is_needless || !is_enough;
  }
  return decides;
}

// The next moment at which colour, rule or doors change; the assessor holds the person.
Result<std::optional<Moment>> next_change(domain::Assessor& assessor, Moment at) {
  TRY(timeline, domain::derive_timeline(assessor, at, at + horizon));
  const auto& steps = timeline.steps();
  return steps.size() < 2 ? std::optional<Moment>{} : std::optional{steps[1].from};
}

}  // namespace

Result<Explanation> explain(const Platform& platform, const CitizenRef& citizen, Moment at,
                            std::optional<std::uint64_t> position) {
  Explanation explanation;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    explanation = {};
    explanation.at = at;
    TRY(person, open_person(transaction, platform.ring, citizen));
    TRY(size, position ? Result<std::uint64_t>{*position} : size_at(transaction, at));
    explanation.position = size;
    TRY(rules, rules_at(transaction, platform, size));
    TRY(history, read_history(transaction, person));
    auto records = known_at(history, size);
    std::ranges::sort(records, {}, [](const auto& each) { return std::pair{moment_of(each.fact), each.id}; });

    TRY(hands, read_hands(transaction, person));
    domain::Assessor assessor{rules};
    assessor.load(domain::to_json(records), hands_before(hands, size));
    TRY(seen, assessor.at(at));
    TRY(until, next_change(assessor, at));
    explanation.hand = deciding_hand(hands, size, at, seen.rule);
    assessor.load(domain::to_json(records));
    TRY(assessed, assessor.at(at));
    const auto& rule = rules.colours()[assessed.rule];
    explanation.rules = rules.name();
    explanation.rule = rule.id;
    explanation.colour = seen.colour;
    explanation.reason = rule.reason;
    explanation.until = until;
    TRY(decides, deciding_records(assessor, records, at, assessed));
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (std::ranges::find(rule.facts, payload_name(kind_of(records[i].fact))) == rule.facts.end()) continue;
      TRY(origin, origin_of(transaction, records[i].batch));
      explanation.facts.push_back({.record = records[i],
                                   .import_id = std::move(origin.import_id),
                                   .key = std::move(origin.key),
                                   .decides = decides[i]});
    }
    for (const auto category : domain::all_categories) {
      const auto bit = static_cast<std::uint16_t>(1U << static_cast<unsigned>(category));
      const auto policy =
          std::ranges::find_if(rules.policies(), [&](const domain::Policy& each) { return (each.doors & bit) != 0; });
      if (policy == rules.policies().end()) continue;
      explanation.doors.push_back({.category = category, .opens = (seen.doors & bit) != 0, .policy = policy->text});
    }
    return ok();
  }));
  return explanation;
}

}  // namespace lindung::service
