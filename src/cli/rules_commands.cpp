#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "domain/rule_set.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t file_limit = 4UL * 1024 * 1024;

json::object describe(const domain::RuleSet& rules) {
  json::array colours;
  for (const auto& rule : rules.colours()) {
    colours.emplace_back(
        json::object{{"rule", rule.id}, {"colour", domain::name_of(rule.colour)}, {"reason", rule.reason.en}});
  }
  return {{"rules", rules.name()},
          {"digest", codec::hex(rules.digest())},
          {"cases", rules.cases().size()},
          {"colours", std::move(colours)}};
}

Result<json::value> check(const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  TRY(rules, domain::RuleSet::parse(as_text(content)));
  const auto failing = domain::failing_cases(rules);
  auto out = describe(rules);
  json::array lines;
  for (const auto& line : failing) lines.emplace_back(line);
  out["failing_cases"] = std::move(lines);
  return out;
}

Result<json::value> show() {
  TRY(rules, domain::RuleSet::built_in());
  return describe(rules);
}

}  // namespace

void add_rules_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("rules", "the rules that colours follow");
  group->require_subcommand(1);
  const auto path = std::make_shared<std::string>();
  auto* verify = add_command(*group, context, "check", "read a rule set and run its own test cases",
                             "lindung rules check data/rules/id-2021.json");
  verify->add_option("file", *path, "a rule set")->required()->check(CLI::ExistingFile);
  verify->callback([&context, path] {
    const auto result = check(*path);
    finish(context, result);
    if (result.has_value() && !result.value().at("failing_cases").as_array().empty()) context.exit_status = 1;
  });
  auto* list = add_command(*group, context, "show", "the rules in force", "lindung rules show");
  list->callback([&context] { finish(context, show()); });
}

}  // namespace lindung::cli
