#include "domain/route_rules.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/certlogic.h"
#include "domain/journey.h"
#include "embedded/travel_routes_ID_2021_json.h"

namespace lindung::domain {

namespace {

json::object data_of(const RouteQuestion& question, std::string_view origin_state, const json::value& value_sets) {
  auto payload = question.facts;
  for (const auto* kind : {"vaccinations", "tests", "recoveries", "exemptions", "contacts"}) {
    if (!payload.contains(kind)) payload[kind] = json::array{};
  }
  payload["journey"] = json::object{{"mode", name_of(question.mode)},
                                    {"origin", question.origin},
                                    {"origin_state", origin_state},
                                    {"destination", question.destination},
                                    {"departure", rfc3339(question.departure)},
                                    {"arrival", rfc3339(question.arrival)}};
  payload["traveller"] = json::object{{"category", question.category},
                                      {"age", question.age},
                                      {"citizen", question.is_citizen},
                                      {"symptoms", json::array(question.symptoms.begin(), question.symptoms.end())}};
  const auto clock = question.scope == JourneyScope::domestic ? question.departure : question.arrival;
  return {{"payload", std::move(payload)},
          {"external", json::object{{"validationClock", rfc3339(clock)}, {"valueSets", value_sets}}},
          {"derived", json::object{}}};
}

}  // namespace

std::string_view name_of(Fitness fitness) noexcept {
  switch (fitness) {
    case Fitness::fit: return "fit";
    case Fitness::fit_with_test: return "fit_with_test";
    case Fitness::not_fit: return "not_fit";
  }
  return "?";
}

Result<Fitness> parse_fitness(std::string_view text) {
  for (const auto fitness : {Fitness::fit, Fitness::fit_with_test, Fitness::not_fit}) {
    if (text == name_of(fitness)) return fitness;
  }
  return fail(Errc::malformed, "fit, fit_with_test or not_fit is needed");
}

std::string_view RouteRules::built_in_text() noexcept { return embedded::travel_routes_ID_2021_json; }

Result<RouteRules> RouteRules::built_in() { return parse(built_in_text()); }

bool RouteRules::applies(const Rule& rule, const RouteQuestion& question, std::string_view origin_state) {
  if (rule.scope != question.scope) return false;
  if (rule.scope == JourneyScope::domestic) {
    return std::ranges::find(rule.modes, question.mode) != rule.modes.end() &&
           std::ranges::find(rule.categories, question.category) != rule.categories.end();
  }
  const auto day = day_of(question.arrival);
  const bool is_origin = std::ranges::any_of(
      rule.origins, [&](const std::string& origin) { return origin == "*" || origin == origin_state; });
  return is_origin && rule.from <= day && day <= rule.to;
}

Result<FitnessAnswer> RouteRules::judge(const RouteQuestion& question) const {
  const auto* origin = find_port(question.origin);
  if (origin == nullptr || find_port(question.destination) == nullptr) {
    return fail(Errc::invalid_argument, "a port that there is not");
  }
  const auto clock = question.scope == JourneyScope::domestic ? question.departure : question.arrival;
  if (clock < valid_from_ || clock >= valid_to_) {
    return fail(Errc::unavailable, "the route rules are not made for that day");
  }
  json::value data = data_of(question, origin->state, value_sets_);
  auto& derived = data.as_object().at("derived").as_object();
  for (const auto& definition : definitions_) {
    const auto held = certlogic::holds(definition.logic, data);
    // Left out, what reads it cannot be evaluated, and then it holds.
    if (held) derived[definition.id] = held.value();
  }
  FitnessAnswer answer;
  for (const auto& rule : rules_) {
    if (!applies(rule, question, origin->state)) continue;
    const auto held = certlogic::holds(rule.logic, data);
    if (held && !held.value()) continue;
    answer.fitness = std::max(answer.fitness, rule.answer);
    answer.reasons.push_back({.rule = rule.id, .answer = rule.answer, .text = rule.reason});
  }
  if (answer.reasons.empty()) answer.reasons.push_back({.rule = "fit", .answer = Fitness::fit, .text = fit_});
  return answer;
}

std::vector<std::string> failing_cases(const RouteRules& rules) {
  std::vector<std::string> failures;
  for (const auto& each : rules.cases()) {
    const auto judged = rules.judge(each.question);
    if (judged.has_error()) {
      failures.push_back(each.name + ": " + judged.error().text());
      continue;
    }
    std::vector<std::string> ids;
    for (const auto& reason : judged.value().reasons) ids.push_back(reason.rule);
    if (judged.value().fitness == each.fitness && ids == each.rules) continue;
    std::string got{name_of(judged.value().fitness)};
    for (const auto& id : ids) got += " " + id;
    failures.push_back(each.name + ": gives " + got + ", not " + std::string{name_of(each.fitness)});
  }
  return failures;
}

}  // namespace lindung::domain
