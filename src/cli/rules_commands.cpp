#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "cli/rules_check.h"
#include "cli/rules_impact.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "domain/rule_document.h"
#include "domain/rule_set.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t file_limit = 4UL * 1024 * 1024;

struct RulesArguments {
  std::string file;
  std::string name;
  std::string at;
  std::string key;
  std::string signer;
  std::string out;
  std::uint64_t days{30};
  double coverage{};
};
using Shared = std::shared_ptr<RulesArguments>;

// A key file of an officer says who signs; another key needs a name.
Result<OfficerKey> read_signer(const RulesArguments& arguments) {
  auto officer = read_officer(arguments.key);
  if (officer.has_value()) {
    if (!arguments.signer.empty()) officer.value().id = arguments.signer;
    return officer;
  }
  if (arguments.signer.empty()) return fail(Errc::invalid_argument, "the key file names no officer: --kid is needed");
  TRY(key, read_signing_key(arguments.key));
  return OfficerKey{.id = arguments.signer, .key = key};
}

Result<json::value> sign(const RulesArguments& arguments) {
  TRY(content, store::read_file(arguments.file, file_limit));
  TRY(document, domain::RuleDocument::read(as_text(content)));
  TRY(rules, domain::RuleSet::parse(document.content()));
  TRY(signer, read_signer(arguments));
  TRYV(document.sign(signer.id, signer.key));
  const auto text = document.text() + "\n";
  TRYV(store::replace_file(arguments.out, as_bytes(text)));
  json::array signers;
  for (const auto& signature : document.signatures()) signers.emplace_back(signature.signer);
  return json::object{{"file", arguments.out},
                      {"rules", rules.name()},
                      {"digest", codec::hex(rules.digest())},
                      {"signers", std::move(signers)}};
}

// Proposes, then waits until the server has derived everybody's timeline. Interrupted, the server goes on by itself,
// and the same command waits again.
Result<json::value> propose(const Context& context, const std::string& path) {
  constexpr std::chrono::milliseconds look_every{100};
  TRY(content, store::read_file(path, file_limit));
  TRY(proposed, call_server(context, "rules/propose", {{"document", as_text(content)}}));
  std::string said;
  for (;;) {
    TRY(progress, call_server(context, "rules/derivation", {}));
    const bool is_complete = progress.at("complete").as_bool();
    proposed.as_object()["citizens"] = progress.at("citizens");
    const auto line = "derived " + codec::to_text(progress.at("citizens")) + " of " +
                      codec::to_text(progress.at("of")) + " citizens\n";
    if (!context.json && line != said) std::cerr << line;
    said = line;
    if (is_complete) return proposed;
    std::this_thread::sleep_for(look_every);
  }
}

CLI::App* with_file(CLI::App* command, const Shared& arguments) {
  command->add_option("file", arguments->file, "a rule set, plain or signed")->required()->check(CLI::ExistingFile);
  return command;
}

// What works on a file, without a server.
void add_local_commands(CLI::App& group, Context& context, const Shared& arguments) {
  auto* check = with_file(add_command(group, context, "check",
                                      "read a rule set, check its types, run its own test cases, find rules that can "
                                      "never fire and branches that no case takes",
                                      "lindung rules check data/rules/id-2021.json"),
                          arguments);
  check->add_option("--require-coverage", arguments->coverage, "fail below this percentage of branches")
      ->check(CLI::Range(0, 100));
  check->callback([&context, arguments] {
    const auto result = check_rules(arguments->file, file_limit);
    finish(context, result, print_rules_check);
    if (result.has_value() && !passes(result.value(), arguments->coverage)) context.exit_status = 1;
  });

  auto* write = with_file(add_command(group, context, "sign", "put a signature on a rule set, beside those it has",
                                      "lindung rules sign id-2021-2.json --key siti.key --out id-2021-2.signed.json"),
                          arguments);
  write->add_option("--key", arguments->key, "key file of who signs")->required()->check(CLI::ExistingFile);
  write->add_option("--kid", arguments->signer, "who signs, where the key file does not say it");
  write->add_option("--out", arguments->out, "the signed file; may be FILE itself")->required();
  write->callback([&context, arguments] { finish(context, sign(*arguments)); });
}

void add_server_side(CLI::App& group, Context& context, const Shared& arguments) {
  auto* suggest =
      with_file(add_command(group, context, "propose", "hand in a rule set and derive everybody's colours by it",
                            "lindung rules propose id-2021-2.signed.json --officer siti.key"),
                arguments);
  suggest->callback([&context, arguments] { finish(context, propose(context, arguments->file)); });

  auto* impact = with_file(add_command(group, context, "impact",
                                       "how many citizens' colours a rule set would change; changes nothing itself",
                                       "lindung rules impact id-2021-2.json --days 30"),
                           arguments);
  impact->add_option("--days", arguments->days, "how many days ahead")->capture_default_str();
  impact->callback([&context, arguments] {
    finish(context, rules_impact(context, arguments->file, file_limit, arguments->days), print_rules_impact);
  });

  auto* activate =
      add_command(group, context, "activate", "let a proposed rule set decide from now on, or from a moment",
                  "lindung rules activate id-2021@2.0.0 --at 2026-12-01T00:00:00+07:00");
  activate->add_option("rules", arguments->name, "id@version")->required();
  activate->add_option("--at", arguments->at, "RFC 3339; the earliest moment that the notice allows if not given");
  activate->callback([&context, arguments] {
    json::object sent{{"rules", arguments->name}};
    if (!arguments->at.empty()) sent["at"] = arguments->at;
    finish(context, call_server(context, "rules/activate", sent));
  });

  auto* cancel = add_command(group, context, "cancel", "take an announcement back, or a proposal",
                             "lindung rules cancel id-2021@2.0.0");
  cancel->add_option("rules", arguments->name, "id@version")->required();
  cancel->callback(
      [&context, arguments] { finish(context, call_server(context, "rules/cancel", {{"rules", arguments->name}})); });
}

}  // namespace

void add_rules_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("rules", "the rules that colours follow");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<RulesArguments>();
  add_local_commands(*group, context, arguments);
  add_server_side(*group, context, arguments);
  const auto simple = [&](const std::string& word, const std::string& description) {
    auto* command = add_command(*group, context, word, description, "lindung rules " + word);
    command->callback([&context, word] { finish(context, call_server(context, "rules/" + word, {})); });
  };
  simple("rollback", "go back to the rule set before this one, at once");
  simple("list", "all rule sets and their states");
  simple("show", "the rule set in force");
}

}  // namespace lindung::cli
