// Reads route rules and checks them, as rule_set_read.cpp does with a rule set.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/certlogic.h"
#include "domain/journey.h"
#include "domain/json_fields.h"
#include "domain/route_rules.h"
#include "domain/rule_document.h"
#include "domain/rule_name.h"
#include "domain/rule_paths.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

constexpr std::size_t most_rules = 500;
constexpr std::size_t most_definitions = 200;
constexpr std::size_t most_cases = 2'000;
constexpr std::size_t most_words = 300;

bool is_category(std::string_view text) {
  for (const auto* known : {"child", "adolescent", "adult", "crew", "driver"}) {
    if (text == known) return true;
  }
  return false;
}

bool is_origin(std::string_view text) {
  return text == "*" ||
         (!text.empty() && text.size() <= 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }));
}

Result<Text> both_languages(const JsonFields& fields, std::string_view name) {
  TRY(inner, fields.inner(name, {"id", "en"}));
  Text text;
  BOOST_OUTCOME_TRY(text.id, inner.text("id"));
  BOOST_OUTCOME_TRY(text.en, inner.text("en"));
  return text;
}

Result<Day> read_day(const JsonFields& fields, std::string_view name) {
  TRY(text, fields.text(name));
  const auto moment = parse_rfc3339(text + "T00:00:00Z");
  if (moment.has_error()) return fields.refuse(name, "is no day of the form 2021-11-29");
  return day_of(moment.value());
}

}  // namespace

class RouteRulesReader {
 public:
  Result<RouteRules> read(std::string_view document) {
    TRY(json, parse_rule_json(document));
    TRY(fields, JsonFields::of(json, "",
                               {"id", "version", "draft", "engine", "engineVersion", "validFrom", "validTo", "source",
                                "valueSets", "definitions", "fit", "domestic", "international", "cases"}));
    rules_.digest_ = crypto::sha256(as_bytes(document));
    TRYV(read_head(fields));
    TRYV(read_value_sets(fields));
    TRYV(read_definitions(fields));
    TRYV(read_domestic(fields));
    TRYV(read_international(fields));
    TRYV(read_cases(fields));
    return std::move(rules_);
  }

 private:
  Result<void> read_head(const JsonFields& fields) {
    BOOST_OUTCOME_TRY(rules_.id_, fields.text("id"));
    if (!is_rule_name(rules_.id_)) return fields.refuse("id", "is not made of a-z, 0-9, - and _");
    BOOST_OUTCOME_TRY(rules_.version_, fields.text("version"));
    if (!is_rule_version(rules_.version_)) return fields.refuse("version", "is not of the form 1.0.0");
    BOOST_OUTCOME_TRY(rules_.is_draft_, fields.flag("draft"));
    TRY(engine, fields.text("engine"));
    TRY(engine_version, fields.text("engineVersion"));
    if (engine != "CERTLOGIC" || engine_version != certlogic::language_version) {
      return fail(Errc::unsupported,
                  "route rules: another engine than CERTLOGIC " + std::string{certlogic::language_version});
    }
    TRYV(fields.text("source"));
    BOOST_OUTCOME_TRY(rules_.valid_from_, fields.moment("validFrom"));
    BOOST_OUTCOME_TRY(rules_.valid_to_, fields.moment("validTo"));
    if (rules_.valid_from_ >= rules_.valid_to_) return fields.refuse("validTo", "is not after validFrom");
    BOOST_OUTCOME_TRY(rules_.fit_, both_languages(fields, "fit"));
    return ok();
  }

  Result<void> read_value_sets(const JsonFields& fields) {
    const auto& sets = fields.any("valueSets");
    if (!paths_.add_value_sets(sets))
      return fields.refuse("valueSets", "holds something else than named lists of texts");
    for (const auto* path : {"external.validationClock", "payload.vaccinations", "payload.tests", "payload.recoveries",
                             "payload.exemptions", "payload.contacts", "payload.journey.mode", "payload.journey.origin",
                             "payload.journey.origin_state", "payload.journey.destination", "payload.journey.departure",
                             "payload.journey.arrival", "payload.traveller.category", "payload.traveller.age",
                             "payload.traveller.citizen", "payload.traveller.symptoms"}) {
      paths_.add(path);
    }
    rules_.value_sets_ = sets.get_object();
    return ok();
  }

  Result<certlogic::Expression> logic(const JsonFields& fields) const {
    const auto& json = fields.any("logic");
    auto compiled = certlogic::Expression::compile(json);
    if (!compiled) return fail(fields.place_of("logic"), compiled.error());
    const auto fault = paths_.fault_of(json);
    if (!fault.empty()) return fields.refuse("logic", fault);
    return compiled;
  }

  Result<void> read_definitions(const JsonFields& fields) {
    TRY(items, fields.array("definitions", most_definitions));
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, JsonFields::of((*items)[i], fields.place_of("definitions", i), {"id", "text", "logic"}));
      TRY(id, each.text("id"));
      TRY(text, both_languages(each, "text"));
      TRY(compiled, logic(each));
      if (!is_rule_name(id) || !paths_.add("derived." + id)) return each.refuse("id", "is taken, or no name");
      rules_.definitions_.push_back({.id = std::move(id), .text = std::move(text), .logic = std::move(compiled)});
    }
    return ok();
  }

  Result<void> add(const JsonFields& each, JourneyScope scope, RouteRules::Rule rule) {
    rule.scope = scope;
    BOOST_OUTCOME_TRY(rule.id, each.text("id"));
    const auto& others = rules_.rules_;
    const bool is_taken = std::ranges::any_of(others, [&](const auto& other) { return other.id == rule.id; });
    if (!is_rule_name(rule.id) || rule.id == "fit" || is_taken) return each.refuse("id", "is taken, or no name");
    TRY(answer, each.text("answer"));
    BOOST_OUTCOME_TRY(rule.answer, parse_fitness(answer));
    if (rule.answer == Fitness::fit) return each.refuse("answer", "is what is said when no rule holds");
    BOOST_OUTCOME_TRY(rule.reason, both_languages(each, "reason"));
    rules_.rules_.push_back(std::move(rule));
    return ok();
  }

  Result<void> read_domestic(const JsonFields& fields) {
    TRY(items, fields.array("domestic", most_rules));
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, JsonFields::of((*items)[i], fields.place_of("domestic", i),
                               {"id", "modes", "categories", "answer", "reason", "logic"}));
      TRY(compiled, logic(each));
      RouteRules::Rule rule{std::move(compiled)};
      TRY(modes, each.texts("modes", most_words));
      for (const auto& word : modes) {
        TRY(mode, parse_travel_mode(word));
        rule.modes.push_back(mode);
      }
      BOOST_OUTCOME_TRY(rule.categories, each.texts("categories", most_words));
      if (rule.modes.empty() || rule.categories.empty() || !std::ranges::all_of(rule.categories, is_category)) {
        return each.refuse("categories", "and modes: somebody is meant, and nobody unknown");
      }
      TRYV(add(each, JourneyScope::domestic, std::move(rule)));
    }
    return ok();
  }

  Result<void> read_international(const JsonFields& fields) {
    TRY(items, fields.array("international", most_rules));
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, JsonFields::of((*items)[i], fields.place_of("international", i),
                               {"id", "origins", "arrivalFrom", "arrivalTo", "answer", "reason", "logic"}));
      TRY(compiled, logic(each));
      RouteRules::Rule rule{std::move(compiled)};
      BOOST_OUTCOME_TRY(rule.origins, each.texts("origins", most_words));
      if (rule.origins.empty() || !std::ranges::all_of(rule.origins, is_origin)) {
        return each.refuse("origins", "are not states, or \"*\"");
      }
      BOOST_OUTCOME_TRY(rule.from, read_day(each, "arrivalFrom"));
      rule.to = Day{std::numeric_limits<std::uint32_t>::max()};
      if (!each.any("arrivalTo").is_null()) {
        BOOST_OUTCOME_TRY(rule.to, read_day(each, "arrivalTo"));
      }
      if (rule.to < rule.from) return each.refuse("arrivalTo", "is before arrivalFrom");
      TRYV(add(each, JourneyScope::international, std::move(rule)));
    }
    return ok();
  }

  static Result<RouteQuestion> read_question(const JsonFields& each) {
    RouteQuestion question;
    TRY(journey, each.inner("journey", {"scope", "mode", "origin", "destination", "departure", "arrival"}));
    TRY(scope, journey.text("scope"));
    BOOST_OUTCOME_TRY(question.scope, parse_journey_scope(scope));
    TRY(mode, journey.text("mode"));
    BOOST_OUTCOME_TRY(question.mode, parse_travel_mode(mode));
    BOOST_OUTCOME_TRY(question.origin, journey.text("origin"));
    BOOST_OUTCOME_TRY(question.destination, journey.text("destination"));
    BOOST_OUTCOME_TRY(question.departure, journey.moment("departure"));
    BOOST_OUTCOME_TRY(question.arrival, journey.moment("arrival"));
    TRY(traveller, each.inner("traveller", {"category", "age", "citizen", "symptoms"}));
    BOOST_OUTCOME_TRY(question.category, traveller.text("category"));
    TRY(age, traveller.number("age", 200));
    question.age = static_cast<unsigned>(age);
    BOOST_OUTCOME_TRY(question.is_citizen, traveller.flag("citizen"));
    BOOST_OUTCOME_TRY(question.symptoms, traveller.texts("symptoms", most_words));
    TRYV(each.inner("facts", {}, {"vaccinations", "tests", "recoveries", "exemptions", "contacts"}));
    question.facts = each.any("facts").as_object();
    return question;
  }

  Result<void> read_cases(const JsonFields& fields) {
    TRY(items, fields.array("cases", most_cases));
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, JsonFields::of((*items)[i], fields.place_of("cases", i),
                               {"name", "journey", "traveller", "facts", "answer", "rules"}));
      RouteRules::Case made;
      BOOST_OUTCOME_TRY(made.name, each.text("name"));
      BOOST_OUTCOME_TRY(made.question, read_question(each));
      TRY(answer, each.text("answer"));
      BOOST_OUTCOME_TRY(made.fitness, parse_fitness(answer));
      BOOST_OUTCOME_TRY(made.rules, each.texts("rules", most_words));
      rules_.cases_.push_back(std::move(made));
    }
    return ok();
  }

  RouteRules rules_;
  RulePaths paths_;  // that logic may read at this point
};

Result<RouteRules> RouteRules::parse(std::string_view document) { return RouteRulesReader{}.read(document); }

}  // namespace lindung::domain
