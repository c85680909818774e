#include "travel/judged.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_facts.h"
#include "cert/reason.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verified_certificate.h"
#include "domain/holder_match.h"
#include "domain/journey.h"
#include "domain/json_fields.h"
#include "domain/record.h"
#include "domain/route_rules.h"
#include "domain/travel_card.h"
#include "domain/travel_document.h"

namespace lindung::travel {

namespace {

namespace json = boost::json;
using domain::JsonFields;

// As people write it, which is_same_name() wants of one of the two.
std::string written(const domain::DocumentName& name) {
  auto text = name.given + " " + name.family;
  std::ranges::replace(text, '<', ' ');
  return text;
}

bool is_of(const cert::CertificateFacts& facts, const domain::TravelDocument& document) {
  return domain::is_same_name(written(document.name), facts.name) &&
         domain::match_birth(document.birth, facts.birth) != domain::BirthMatch::differs;
}

class Traveller {
 public:
  Traveller(const domain::Traveller& person, const cert::TrustStore& trust, Moment now)
      : person_{person}, trust_{trust}, now_{now} {}

  JudgedCertificate read(std::string_view text) {
    const auto examined = cert::examine(text, trust_, now_);
    const auto& verdict = examined.verdict;
    JudgedCertificate out{.format = std::string{cert::name_of(verdict.format)},
                          .outcome = std::string{cert::name_of(verdict.outcome)},
                          .reason = verdict.reason ? std::string{cert::name_of(*verdict.reason)} : std::string{},
                          .content = verdict.content};
    if (verdict.outcome != cert::Outcome::valid) return out;
    const auto facts = examined.certificate ? cert::facts_of(*examined.certificate, now_)
                                            : Result<cert::CertificateFacts>{fail(Errc::unsupported)};
    if (facts.has_error()) {
      out.reason = "facts";
    } else if (!is_of(facts.value(), person_.document)) {
      out.reason = "other-holder";
    } else {
      for (const auto& fact : facts.value().facts) add(fact);
    }
    return out;
  }

  [[nodiscard]] json::object facts() const { return domain::to_json(records_).as_object(); }

 private:
  void add(const domain::Fact& fact) {
    domain::Record record{.id = {}, .issuer = {}, .batch = {}, .entered_at = now_, .fact = fact};
    ByteArray<16> id{};
    put_be(MutableBytes{id}, static_cast<std::uint64_t>(records_.size()));
    record.id = domain::RecordId{id};
    records_.push_back(std::move(record));
  }

  const domain::Traveller& person_;
  const cert::TrustStore& trust_;
  Moment now_;
  std::vector<domain::Record> records_;
};

Result<JudgedTraveller> judge(const domain::TravelCard& card, const domain::Traveller& person,
                              const cert::TrustStore& trust, const domain::RouteRules& rules, Moment now) {
  JudgedTraveller out;
  Traveller traveller{person, trust, now};
  for (const auto& text : person.certificates) out.certificates.push_back(traveller.read(text));
  const auto& journey = card.journey;
  const auto day = domain::travel_day(journey);
  std::vector<std::string> symptoms;
  for (const auto symptom : person.symptoms) symptoms.emplace_back(name_of(symptom));
  BOOST_OUTCOME_TRY(out.answer, rules.judge({.scope = journey.scope,
                                             .mode = journey.mode,
                                             .origin = journey.origin,
                                             .destination = journey.destination,
                                             .departure = journey.departure,
                                             .arrival = journey.arrival,
                                             .category = std::string{domain::category_of(person, day)},
                                             .age = domain::age_on(person.document.birth, day),
                                             .is_citizen = domain::is_citizen(person.document),
                                             .symptoms = std::move(symptoms),
                                             .facts = traveller.facts()}));
  return out;
}

json::object json_of(const JudgedTraveller& person) {
  json::array reasons;
  for (const auto& reason : person.answer.reasons) {
    reasons.emplace_back(json::object{
        {"rule", reason.rule}, {"answer", name_of(reason.answer)}, {"id", reason.text.id}, {"en", reason.text.en}});
  }
  json::array certificates;
  for (const auto& each : person.certificates) {
    certificates.emplace_back(json::object{
        {"format", each.format}, {"outcome", each.outcome}, {"reason", each.reason}, {"content", each.content}});
  }
  return {{"answer", name_of(person.answer.fitness)},
          {"reasons", std::move(reasons)},
          {"certificates", std::move(certificates)}};
}

std::string text_or_empty(const json::value& value, std::string_view name) {
  const auto* found = value.as_object().if_contains(name);
  return found != nullptr && found->is_string() ? std::string{found->get_string()} : std::string{};
}

Result<JudgedTraveller> read_person(const json::value& value) {
  TRY(fields, JsonFields::of(value, "people", {"answer", "reasons", "certificates"}));
  JudgedTraveller out;
  TRY(answer, fields.text("answer"));
  BOOST_OUTCOME_TRY(out.answer.fitness, domain::parse_fitness(answer));
  for (const auto& each : fields.any("reasons").as_array()) {
    TRY(weight, domain::parse_fitness(text_or_empty(each, "answer")));
    out.answer.reasons.push_back({.rule = text_or_empty(each, "rule"),
                                  .answer = weight,
                                  .text = {.id = text_or_empty(each, "id"), .en = text_or_empty(each, "en")}});
  }
  for (const auto& each : fields.any("certificates").as_array()) {
    out.certificates.push_back({.format = text_or_empty(each, "format"),
                                .outcome = text_or_empty(each, "outcome"),
                                .reason = text_or_empty(each, "reason"),
                                .content = text_or_empty(each, "content")});
  }
  return out;
}

}  // namespace

Result<CardAnswer> judge_card(const domain::TravelCard& card, const cert::TrustStore& trust,
                              const domain::RouteRules& rules, Moment now) {
  CardAnswer out{.fitness = domain::Fitness::fit, .people = {}, .rules = rules.name(), .is_draft = rules.is_draft()};
  for (const auto& person : card.people) {
    TRY(judged, judge(card, person, trust, rules, now));
    out.fitness = std::max(out.fitness, judged.answer.fitness);
    out.people.push_back(std::move(judged));
  }
  return out;
}

json::object json_of(const CardAnswer& answer) {
  json::array people;
  for (const auto& person : answer.people) people.emplace_back(json_of(person));
  return {{"answer", name_of(answer.fitness)},
          {"people", std::move(people)},
          {"rules", answer.rules},
          {"draft", answer.is_draft}};
}

Result<CardAnswer> read_answer(const json::value& value) {
  TRY(fields, JsonFields::of(value, "answer", {"answer", "people", "rules", "draft"}));
  CardAnswer out;
  TRY(answer, fields.text("answer"));
  BOOST_OUTCOME_TRY(out.fitness, domain::parse_fitness(answer));
  BOOST_OUTCOME_TRY(out.rules, fields.text("rules"));
  BOOST_OUTCOME_TRY(out.is_draft, fields.flag("draft"));
  for (const auto& each : fields.any("people").as_array()) {
    TRY(person, read_person(each));
    out.people.push_back(std::move(person));
  }
  return out;
}

}  // namespace lindung::travel
