#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/text_input.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct Arguments {
  std::string citizen;
  std::string id;
  std::string outcome;
  std::string text;
  bool is_open{};
};

Result<json::value> open(const Context& context, const Arguments& arguments) {
  TRY(about, text_input(arguments.text));
  return call_server(context, "dispute/open", {{"citizen", arguments.citizen}, {"about", about}});
}

Result<json::value> resolve(const Context& context, const Arguments& arguments) {
  TRY(reason, text_input(arguments.text));
  return call_server(
      context, "dispute/resolve",
      {{"citizen", arguments.citizen}, {"id", arguments.id}, {"outcome", arguments.outcome}, {"reason", reason}});
}

Result<json::value> list(const Context& context, const Arguments& arguments) {
  json::object wanted;
  if (!arguments.citizen.empty()) wanted["citizen"] = arguments.citizen;
  return call_server(context, "dispute/list", wanted);
}

}  // namespace

void add_dispute_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("dispute", "what citizens say is wrong about their colour");
  group->require_subcommand(1);

  auto* open_command = add_command(*group, context, "open", "take in a citizen's dispute: red and black become yellow",
                                   "lindung dispute open --citizen HEX --about - --officer siti.key < dispute.txt");
  open_command->add_option("--citizen", arguments->citizen, "reference (lindung citizen find)")->required();
  open_command->add_option("--about", arguments->text, "what is wrong; - reads standard input")->required();
  open_command->callback([&context, arguments] { finish(context, open(context, *arguments)); });

  auto* resolve_command =
      add_command(*group, context, "resolve", "decide a dispute; corrections are made before, by their own commands",
                  "lindung dispute resolve ID --citizen HEX --outcome rejected --reason \"Hasil PCR benar\" "
                  "--officer siti.key");
  resolve_command->add_option("id", arguments->id, "the dispute")->required();
  resolve_command->add_option("--citizen", arguments->citizen, "reference (lindung citizen find)")->required();
  resolve_command->add_option("--outcome", arguments->outcome, "upheld or rejected")
      ->required()
      ->check(CLI::IsMember({"upheld", "rejected"}));
  resolve_command->add_option("--reason", arguments->text, "what the citizen is told; - reads standard input")
      ->required();
  resolve_command->callback([&context, arguments] { finish(context, resolve(context, *arguments)); });

  auto* list_command = add_command(*group, context, "list", "disputes of a citizen, or all open ones by deadline",
                                   "lindung dispute list --open --officer siti.key");
  auto* citizen = list_command->add_option("--citizen", arguments->citizen, "reference (lindung citizen find)");
  list_command->add_flag("--open", arguments->is_open, "all that wait to be decided; so without --citizen too")
      ->excludes(citizen);
  list_command->callback([&context, arguments] { finish(context, list(context, *arguments)); });
}

}  // namespace lindung::cli
