#include "cli/rules_check.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "domain/rule_check.h"
#include "domain/rule_document.h"
#include "domain/rule_set.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

json::array as_json(const std::vector<domain::Finding>& findings) {
  json::array out;
  for (const auto& each : findings) out.emplace_back(json::object{{"at", each.pointer}, {"message", each.message}});
  return out;
}

json::object coverage_of(const std::vector<domain::Branch>& branches) {
  std::uint64_t covered = 0;
  json::array all;
  for (const auto& branch : branches) {
    if (branch.taken != 0) ++covered;
    all.emplace_back(json::object{{"at", branch.pointer}, {"outcome", branch.outcome}, {"taken", branch.taken}});
  }
  return {{"branches", branches.size()}, {"covered", covered}, {"taken", std::move(all)}};
}

std::uint64_t number(const json::value& value, std::string_view name) {
  return value.at(name).to_number<std::uint64_t>();
}

// A list under its title, or that there is nothing to tell.
void print_list(std::string_view title, const json::array& lines) {
  std::printf("%s: %s\n", std::string{title}.c_str(), lines.empty() ? "good" : std::to_string(lines.size()).c_str());
  for (const auto& line : lines) {
    const auto* finding = line.if_object();
    if (finding == nullptr) {
      std::printf("  %s\n", line.as_string().c_str());
    } else {
      std::printf("  %s\n    %s\n", finding->at("at").as_string().c_str(), finding->at("message").as_string().c_str());
    }
  }
}

}  // namespace

Result<json::value> check_rules(const std::string& path, std::size_t file_limit) {
  TRY(content, store::read_file(path, file_limit));
  TRY(document, domain::RuleDocument::read(as_text(content)));
  TRY(rules, domain::RuleSet::parse(document.content()));
  TRY(tree, domain::parse_rule_json(document.content()));
  json::array colours;
  for (const auto& rule : rules.colours()) {
    colours.emplace_back(
        json::object{{"rule", rule.id}, {"colour", domain::name_of(rule.colour)}, {"reason", rule.reason.en}});
  }
  json::array signers;
  for (const auto& signature : document.signatures()) signers.emplace_back(signature.signer);
  json::array failing;
  for (const auto& line : domain::failing_cases(rules)) failing.emplace_back(line);
  return json::object{{"rules", rules.name()},
                      {"digest", codec::hex(rules.digest())},
                      {"signers", std::move(signers)},
                      {"cases", rules.cases().size()},
                      {"colours", std::move(colours)},
                      {"failing_cases", std::move(failing)},
                      {"types", as_json(domain::type_findings(tree))},
                      {"dead_rules", as_json(domain::dead_rules(tree))},
                      {"coverage", coverage_of(domain::case_coverage(rules, tree))}};
}

bool passes(const json::value& checked, double least_coverage) {
  for (const std::string_view part : {"failing_cases", "types", "dead_rules"}) {
    if (!checked.at(part).as_array().empty()) return false;
  }
  const auto& coverage = checked.at("coverage");
  return static_cast<double>(number(coverage, "covered")) * 100 >=
         least_coverage * static_cast<double>(number(coverage, "branches"));
}

void print_rules_check(const json::value& checked) {
  std::printf("%s, %s\n", checked.at("rules").as_string().c_str(), checked.at("digest").as_string().c_str());
  std::string signers;
  for (const auto& signer : checked.at("signers").as_array()) {
    signers += (signers.empty() ? "" : ", ") + std::string{signer.as_string()};
  }
  std::printf("signed by: %s\n",
              signers.empty() ? "nobody" : (signers + " (keys are checked at the proposal)").c_str());
  print_list("types", checked.at("types").as_array());
  const auto failing = checked.at("failing_cases").as_array().size();
  const auto cases = number(checked, "cases");
  std::printf("cases: %zu of %zu pass\n", static_cast<std::size_t>(cases) - failing, static_cast<std::size_t>(cases));
  for (const auto& line : checked.at("failing_cases").as_array()) std::printf("  %s\n", line.as_string().c_str());
  print_list("rules that can never decide", checked.at("dead_rules").as_array());
  const auto& coverage = checked.at("coverage");
  std::printf("branches: covered %zu of %zu\n", static_cast<std::size_t>(number(coverage, "covered")),
              static_cast<std::size_t>(number(coverage, "branches")));
  for (const auto& branch : coverage.at("taken").as_array()) {
    if (number(branch, "taken") != 0) continue;
    std::printf("  never %s  %s\n", branch.at("outcome").as_bool() ? "true " : "false",
                branch.at("at").as_string().c_str());
  }
}

}  // namespace lindung::cli
