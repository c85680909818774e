// From records to colours: the assessment of one moment, and the timeline of all moments at which it changes. The
// changes are computed from the comparisons that the rules make with the clock, not found by trying moments. What
// officers put over the rules' colour (hand.h) comes behind the colour rules and before the policies.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/certlogic.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"

namespace lindung::domain {

struct Assessment {
  Colour colour{};
  std::uint8_t rule{};  // as Step::rule
  std::uint16_t doors{};
  Moment next;  // until then nothing changes; it may be early. Timeline::forever() if nothing ever does
};

// Applies one rule set to many citizens, one after the other, without building the common data anew.
class Assessor {
 public:
  explicit Assessor(const RuleSet& rules);  // `rules` must outlive it
  Assessor(const Assessor&) = delete;
  Assessor& operator=(const Assessor&) = delete;

  // Shape: what to_json(records) gives; missing kinds of records count as empty. Of hands, oldest first.
  void load(json::value payload, std::span<const Hand> hands = {});

  // Errors: invalid_argument when the rules do not fit the data; unsupported when they use the clock for something else
  // than comparing date-times.
  [[nodiscard]] Result<Assessment> at(Moment now);

  [[nodiscard]] const RuleSet& rules() const noexcept { return rules_; }

  // Counts in `visits` what every evaluation from here on comes to; null: no longer.
  using Visited = std::map<const certlogic::Program*, certlogic::Visits>;
  void count_visits(Visited* visits) noexcept { visits_ = visits; }

 private:
  [[nodiscard]] Result<bool> holds(const certlogic::Expression& logic);

  const RuleSet& rules_;
  std::vector<Hand> hands_;
  json::value data_;  // {payload, external: {validationClock, valueSets}, derived: {definition..., colour}}
  std::vector<json::value*> derived_;  // the definitions' values in data_
  json::value* clock_{};
  json::value* colour_{};
  certlogic::Trace trace_;
  Visited* visits_{};
};

// The colour from `from` on, exact up to `horizon`; before `from` the first step stands. A timeline that would take
// more than Timeline::max_steps is cut, and says so in known_until(). Errors: as Assessor::at; invalid_argument if
// `from` is before 1970 or not before `horizon`.
[[nodiscard]] Result<Timeline> derive_timeline(Assessor& assessor, Moment from, Moment horizon);
[[nodiscard]] Result<Timeline> derive_timeline(const RuleSet& rules, std::span<const Record> records, Moment from,
                                               Moment horizon, std::span<const Hand> hands = {});

}  // namespace lindung::domain
