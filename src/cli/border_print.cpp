#include "cli/border_print.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "border/desk.h"
#include "border/sync.h"
#include "cert/reason.h"
#include "cert/step.h"
#include "domain/border_desk.h"
#include "domain/card_claims.h"

namespace lindung::cli {

namespace json = boost::json;

namespace {

json::array findings_json(domain::DeskFindings findings) {
  json::array out;
  for (const auto each : findings.list()) out.emplace_back(name_of(each));
  return out;
}

json::object person_json(const border::PersonSeen& seen) {
  auto name = seen.person.name;
  std::ranges::replace(name, '<', ' ');
  json::object out{{"person", seen.place + 1},
                   {"name", name},
                   {"document_ends_in", seen.person.document_tail},
                   {"child", seen.person.is_child},
                   {"document_read", seen.is_of_document},
                   {"findings", findings_json(seen.findings)},
                   {"may_pass", !seen.findings.stand_against()}};
  if (seen.person.birth_year != 0) out["born"] = seen.person.birth_year;
  return out;
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string{value.get_string()} : std::string{};
}

}  // namespace

json::object scan_json(const border::ScanSeen& seen) {
  if (seen.refusal) {
    return {{"scan", seen.scan},
            {"code", "refused"},
            {"step", name_of(seen.refusal->step)},
            {"reason", name_of(seen.refusal->reason)},
            {"words", words_of(seen.refusal->reason)}};
  }
  json::array people;
  bool may_pass = true;
  for (const auto& each : seen.people) {
    people.emplace_back(person_json(each));
    may_pass = may_pass && !each.findings.stand_against();
  }
  return {{"scan", seen.scan},
          {"code", "verified"},
          {"fitness", name_of(seen.claims.fitness)},
          {"journey", name_of(seen.claims.kind)},
          {"may_pass", may_pass},
          {"people", std::move(people)}};
}

json::object decisions_json(const std::vector<border::DecisionTaken>& taken) {
  json::array out;
  for (const auto& each : taken) {
    out.emplace_back(json::object{{"number", each.number},
                                  {"person", each.place + 1},
                                  {"verdict", name_of(each.verdict)},
                                  {"findings", findings_json(each.findings)}});
  }
  return {{"decided", std::move(out)}};
}

json::object queue_json(const border::QueueFigures& figures) {
  json::array hours;
  for (const auto& each : figures.hours) {
    hours.emplace_back(json::object{{"hour", rfc3339(each.hour)},
                                    {"admitted", each.admitted},
                                    {"tested", each.tested},
                                    {"refused", each.refused},
                                    {"isolated", each.isolated},
                                    {"overridden", each.overridden}});
  }
  return {{"waiting", figures.waiting},
          {"longest_wait_s", figures.longest_wait_s},
          {"decided", figures.decided},
          {"median_s", figures.median_s},
          {"refused_codes", figures.refused_codes},
          {"unsent", figures.unsent},
          {"conflicts", figures.conflicts},
          {"hours", std::move(hours)}};
}

json::object list_json(const border::ListTaken& taken) {
  return {{"serial", taken.serial},
          {"made_at", rfc3339(taken.made_at)},
          {"keys", taken.keys},
          {"days", taken.days},
          {"cards", taken.cards},
          {"passings", taken.passings},
          {"clock_mended", taken.clock_was_mended}};
}

void print_scan(const json::value& value) {
  const auto& of = value.as_object();
  if (of.contains("reason")) {
    std::printf("REFUSED: %s (%s)\n", text_of(of.at("words")).c_str(), text_of(of.at("reason")).c_str());
    return;
  }
  std::printf("scan %s: card is %s\n", std::to_string(of.at("scan").to_number<std::uint64_t>()).c_str(),
              text_of(of.at("fitness")).c_str());
  for (const auto& each : of.at("people").as_array()) {
    const auto& person = each.as_object();
    std::string findings;
    for (const auto& finding : person.at("findings").as_array()) findings += " " + text_of(finding);
    std::printf("%s %s, document …%s%s:%s\n", std::to_string(person.at("person").to_number<std::uint64_t>()).c_str(),
                text_of(person.at("name")).c_str(), text_of(person.at("document_ends_in")).c_str(),
                person.at("child").as_bool() ? ", child" : "", findings.empty() ? " nothing found" : findings.c_str());
  }
  std::printf("does the photograph match? lindung border decide SCAN admit --photo\n");
}

}  // namespace lindung::cli
