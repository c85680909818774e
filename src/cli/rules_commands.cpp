#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <iostream>
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

// Proposes, then has everybody's timeline derived, part by part. Interrupted, the same command goes on.
Result<json::value> propose(const Context& context, const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  TRY(proposed, call_server(context, "rules/propose", {{"document", as_text(content)}}));
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  json::object next;
  for (bool is_more = true; is_more;) {
    TRY(part, call_server(context, "rules/derive", next));
    const auto& figures = part.as_object();
    if (const auto* of = figures.if_contains("of")) total = of->to_number<std::uint64_t>();
    done += figures.at("citizens").to_number<std::uint64_t>();
    if (!context.json) std::cerr << "derived " << done << " of " << total << " citizens\n";
    const auto* last = figures.if_contains("last");
    is_more = last != nullptr;
    if (is_more) next["after"] = *last;
  }
  proposed.as_object()["citizens"] = done;
  return proposed;
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
  auto* suggest = add_command(*group, context, "propose", "hand in a rule set and derive everybody's colours by it",
                              "lindung rules propose id-2021-2.json");
  suggest->add_option("file", *path, "a rule set")->required()->check(CLI::ExistingFile);
  suggest->callback([&context, path] { finish(context, propose(context, *path)); });

  const auto name = std::make_shared<std::string>();
  auto* activate = add_command(*group, context, "activate", "let a proposed rule set decide from now on",
                               "lindung rules activate id-2021@2.0.0");
  activate->add_option("rules", *name, "id@version")->required();
  activate->callback([&context, name] { finish(context, call_server(context, "rules/activate", {{"rules", *name}})); });

  const auto simple = [&](const std::string& word, const std::string& description) {
    auto* command = add_command(*group, context, word, description, "lindung rules " + word);
    command->callback([&context, word] { finish(context, call_server(context, "rules/" + word, {})); });
  };
  simple("rollback", "go back to the rule set before this one, at once");
  simple("list", "all rule sets and their states");
  simple("show", "the rule set in force");
}

}  // namespace lindung::cli
