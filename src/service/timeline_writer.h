// Derives and writes citizens' timelines, one for each rule set whose timelines are kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/derive.h"
#include "domain/hand.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// How long a timeline is: it begins a little in the past, for clocks that differ, and reaches as far as anybody plans.
inline constexpr std::chrono::days timeline_past{2};
inline constexpr std::chrono::years timeline_future{20};

// For many units, one after the other; parses each rule set once.
class TimelineWriter {
 public:
  explicit TimelineWriter(const store::KeyRing& ring) : ring_{ring} {}

  // First in each unit: reads which rule sets are kept, which stay so until the unit ends. Locks, so it comes before
  // what is read of a citizen. Errors: those of open_rule_set.
  [[nodiscard]] Result<void> begin(store::Transaction& transaction);

  // The log's size as this unit sees it: what the unit changes, answers from there on know.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  // From the citizen's records and the hands on them as this unit sees them, for every kept rule set. Errors: those of
  // derive_timeline.
  [[nodiscard]] Result<void> write(store::Transaction& transaction, const OpenPerson& person, Moment now);
  // For somebody whom this unit has added: these are all records, and no hand lies on them.
  [[nodiscard]] Result<void> write_first(store::Transaction& transaction, const OpenPerson& person,
                                         const std::vector<domain::Record>& records, Moment now);
  // The same as write() for who has the records at hand: all that count.
  [[nodiscard]] Result<void> write(store::Transaction& transaction, const OpenPerson& person,
                                   const std::vector<domain::Record>& records, Moment now);

 private:
  [[nodiscard]] Result<void> derive(store::Transaction& transaction, const OpenPerson& person,
                                    const std::vector<domain::Record>& records, const std::vector<domain::Hand>& hands,
                                    Moment now);

  struct Kept {
    std::unique_ptr<const domain::RuleSet> rules;
    std::unique_ptr<domain::Assessor> assessor;  // refers to the rules
  };

  const store::KeyRing& ring_;
  std::uint64_t position_{};
  std::map<std::uint64_t, Kept> kept_;  // by generation
};

}  // namespace lindung::service
