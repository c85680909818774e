#include "service/timeline_writer.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/derive.h"
#include "domain/hand.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "service/hand_rows.h"
#include "service/person_rows.h"
#include "service/rule_set_rows.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

Result<void> derive_and_put(store::Transaction& transaction, const OpenPerson& person, domain::Assessor& assessor,
                            Moment now, std::uint64_t generation) {
  TRY(timeline, domain::derive_timeline(assessor, now - timeline_past, now + timeline_future));
  return put_timeline(transaction, person, timeline, generation);
}

}  // namespace

Result<void> TimelineWriter::begin(store::Transaction& transaction) {
  TRY(rows, hold_kept_rule_sets(transaction));
  TRY(size, store::read_log_size(transaction));
  position_ = size;
  std::erase_if(kept_, [&](const auto& kept) {
    return std::ranges::find(rows, kept.first, &RuleSetRow::generation) == rows.end();
  });
  for (const auto& row : rows) {
    if (kept_.contains(row.generation)) continue;
    TRY(opened, open_rule_set(transaction, ring_, row));
    auto rules = std::make_unique<const domain::RuleSet>(std::move(opened));
    auto assessor = std::make_unique<domain::Assessor>(*rules);
    kept_.emplace(row.generation, Kept{.rules = std::move(rules), .assessor = std::move(assessor)});
  }
  return ok();
}

Result<void> TimelineWriter::write(store::Transaction& transaction, const OpenPerson& person, Moment now) {
  TRY(records, read_records(transaction, person));
  return write(transaction, person, records, now);
}

Result<void> TimelineWriter::write(store::Transaction& transaction, const OpenPerson& person,
                                   const std::vector<domain::Record>& records, Moment now) {
  TRY(hands, read_hands(transaction, person));
  return derive(transaction, person, records, hands_of(hands), now);
}

Result<void> TimelineWriter::write_first(store::Transaction& transaction, const OpenPerson& person,
                                         const std::vector<domain::Record>& records, Moment now) {
  return derive(transaction, person, records, {}, now);
}

Result<void> TimelineWriter::derive(store::Transaction& transaction, const OpenPerson& person,
                                    const std::vector<domain::Record>& records, const std::vector<domain::Hand>& hands,
                                    Moment now) {
  const auto payload = domain::to_json(records);
  for (const auto& [generation, kept] : kept_) {
    kept.assessor->load(payload, hands);
    TRYV(derive_and_put(transaction, person, *kept.assessor, now, generation));
  }
  return ok();
}

}  // namespace lindung::service
