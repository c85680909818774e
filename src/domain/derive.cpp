#include "domain/derive.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/certlogic.h"
#include "domain/certlogic_time.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"

namespace lindung::domain {

namespace {

// CertLogic writes years with four digits.
constexpr Moment last_moment{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1} - seconds{1}};
// Each evaluation moves to a later change; a person's records make a few dozen.
constexpr std::size_t most_evaluations = 10'000;

// The first whole second at which a change at `at` has happened.
Moment rounded_up(certlogic::Milliseconds at) {
  return std::chrono::ceil<seconds>(std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{at}});
}

}  // namespace

Assessor::Assessor(const RuleSet& rules) : rules_{rules} {
  json::object derived;
  for (const auto& definition : rules.definitions()) derived[definition.id] = false;
  derived["colour"] = "";
  data_ = json::object{{"payload", nullptr},
                       {"external", json::object{{"validationClock", ""}, {"valueSets", rules.value_sets()}}},
                       {"derived", std::move(derived)}};
  // Nothing is added to these objects from here on, so the addresses stay.
  auto& kept = data_.at("derived").as_object();
  for (const auto& definition : rules.definitions()) derived_.push_back(&kept.at(definition.id));
  colour_ = &kept.at("colour");
  clock_ = &data_.at("external").as_object().at("validationClock");
  load(json::object{});
}

void Assessor::load(json::value payload, std::span<const Hand> hands) {
  hands_.assign(hands.begin(), hands.end());
  if (!payload.is_object()) payload = json::object{};
  for (const auto* kind : {"vaccinations", "tests", "recoveries", "exemptions", "contacts"}) {
    auto& records = payload.get_object()[kind];
    if (!records.is_array()) records = json::array{};
  }
  data_.get_object()["payload"] = std::move(payload);
}

Result<bool> Assessor::holds(const certlogic::Expression& logic) {
  auto result = certlogic::holds(logic, data_, &trace_, visits_ == nullptr ? nullptr : &(*visits_)[&logic.program()]);
  if (result && trace_.opaque) return fail(Errc::unsupported, "a rule uses the clock otherwise than in a comparison");
  return result;
}

Result<Assessment> Assessor::at(Moment now) {
  clock_->get_string().assign(rfc3339(now));
  trace_ = {.clock = clock_, .now = std::chrono::milliseconds{now.time_since_epoch()}.count()};
  for (std::size_t i = 0; i < derived_.size(); ++i) {
    TRY(holds_now, holds(rules_.definitions()[i].logic));
    *derived_[i] = holds_now;
  }
  Assessment assessment;
  bool decided = false;
  for (std::size_t i = 0; i < rules_.colours().size() && !decided; ++i) {
    const ColourRule& rule = rules_.colours()[i];
    TRY(applies, holds(rule.logic));
    if (!applies) continue;
    decided = true;
    assessment.colour = rule.colour;
    assessment.rule = static_cast<std::uint8_t>(i);
  }
  if (!decided) return fail(Errc::invalid_argument, "no colour rule applies");
  const auto seen = apply_hands(hands_, {.colour = assessment.colour, .rule = assessment.rule}, now);
  assessment.colour = seen.reading.colour;
  assessment.rule = seen.reading.rule;
  *colour_ = name_of(assessment.colour);
  for (const auto& policy : rules_.policies()) {
    TRY(opens, holds(policy.logic));
    if (opens) assessment.doors = static_cast<std::uint16_t>(assessment.doors | policy.doors);
  }
  const auto ruled = trace_.next == certlogic::Trace::never ? Timeline::forever() : rounded_up(trace_.next);
  assessment.next = std::min(ruled, seen.next);
  return assessment;
}

Result<Timeline> derive_timeline(Assessor& assessor, Moment from, Moment horizon) {
  if (from < Moment{} || from >= horizon)
    return fail(Errc::invalid_argument, "a timeline from 1970 on, up to a later horizon");
  std::vector<Step> steps;
  Moment known_until = Timeline::forever();
  Moment now = from;
  for (std::size_t evaluations = 0;; ++evaluations) {
    TRY(assessed, assessor.at(now));
    const Step step{.from = now, .colour = assessed.colour, .rule = assessed.rule, .doors = assessed.doors};
    const bool changes = steps.empty() || steps.back().colour != step.colour || steps.back().rule != step.rule ||
                         steps.back().doors != step.doors;
    if (changes && steps.size() == Timeline::max_steps) {
      known_until = now;
      break;
    }
    if (changes) steps.push_back(step);
    if (assessed.next == Timeline::forever()) break;
    if (assessed.next >= horizon || assessed.next > last_moment || evaluations == most_evaluations) {
      known_until = assessed.next;
      break;
    }
    now = assessed.next;
  }
  return Timeline::make(assessor.rules().name(), std::move(steps), known_until);
}

Result<Timeline> derive_timeline(const RuleSet& rules, std::span<const Record> records, Moment from, Moment horizon,
                                 std::span<const Hand> hands) {
  Assessor assessor{rules};
  assessor.load(to_json(records), hands);
  return derive_timeline(assessor, from, horizon);
}

}  // namespace lindung::domain
