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
  std::string colour;
  std::string basis;
  std::string until;
  std::string text;
  std::string id;
  std::string month;
};

Result<json::value> set(const Context& context, const Arguments& arguments) {
  TRY(reason, text_input(arguments.text));
  return call_server(context, "override/set",
                     {{"citizen", arguments.citizen},
                      {"colour", arguments.colour},
                      {"basis", arguments.basis},
                      {"until", arguments.until},
                      {"case", reason}});
}

Result<json::value> end(const Context& context, const Arguments& arguments) {
  TRY(reason, text_input(arguments.text));
  return call_server(context, "override/end",
                     {{"citizen", arguments.citizen}, {"id", arguments.id}, {"reason", reason}});
}

}  // namespace

void add_override_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("override", "colours that two officers set on a legal basis, for a time");
  group->require_subcommand(1);
  const auto of_citizen = [arguments](CLI::App& command) {
    command.add_option("--citizen", arguments->citizen, "reference (lindung citizen find)")->required();
  };

  auto* set_command = add_command(*group, context, "set", "set a citizen's colour until a moment",
                                  "lindung override set --citizen HEX --colour green --basis court-order "
                                  "--until 2026-12-24T00:00:00Z --case \"Putusan 12/G/2026\" --officer siti.key");
  of_citizen(*set_command);
  set_command->add_option("--colour", arguments->colour, "green, yellow, red or black")
      ->required()
      ->check(CLI::IsMember({"green", "yellow", "red", "black"}));
  set_command->add_option("--basis", arguments->basis, "a legal basis (lindung override bases)")->required();
  set_command->add_option("--until", arguments->until, "when it ends, RFC 3339")->required();
  set_command->add_option("--case", arguments->text, "the case and what was decided; - reads standard input")
      ->required();
  set_command->callback([&context, arguments] { finish(context, set(context, *arguments)); });

  auto* end_command =
      add_command(*group, context, "end", "end an override now",
                  "lindung override end ID --citizen HEX --reason \"Banding diterima\" --officer siti.key");
  end_command->add_option("id", arguments->id, "the override")->required();
  of_citizen(*end_command);
  end_command->add_option("--reason", arguments->text, "why; - reads standard input")->required();
  end_command->callback([&context, arguments] { finish(context, end(context, *arguments)); });

  auto* list = add_command(*group, context, "list", "all overrides of a citizen, those that are over too",
                           "lindung override list --citizen HEX --officer siti.key");
  of_citizen(*list);
  list->callback([&context, arguments] {
    finish(context, call_server(context, "override/list", {{"citizen", arguments->citizen}}));
  });

  auto* counts = add_command(*group, context, "counts", "what is public: how many by month and legal basis",
                             "lindung override counts --month 2026-11");
  counts->add_option("--month", arguments->month, "one month, such as 2026-11 (UTC)");
  counts->callback([&context, arguments] {
    json::object wanted;
    if (!arguments->month.empty()) wanted["month"] = arguments->month;
    finish(context, call_server(context, "override/counts", wanted));
  });

  auto* bases = add_command(*group, context, "bases", "the legal bases that there are", "lindung override bases");
  bases->callback([&context] { finish(context, call_server(context, "override/bases", {})); });
}

}  // namespace lindung::cli
