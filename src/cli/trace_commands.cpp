#include <CLI/App.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

void add_trace_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string citizen;
    std::string at;
    std::string number;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("trace", "people who were near a confirmed case");
  group->require_subcommand(1);
  auto* start = add_command(*group, context, "start", "find the contacts of a case; takes two officers",
                            "lindung trace start --citizen 6f1c… --at 2021-09-01T08:00:00+07:00 --case JKT-2021-0815");
  start->add_option("--citizen", arguments->citizen, "the case, as `lindung citizen find` names it")->required();
  start->add_option("--at", arguments->at, "when the specimen was taken, or the first symptoms; RFC 3339")->required();
  start->add_option("--case", arguments->number, "case number; kept sealed")->required();
  start->callback([&context, arguments] {
    finish(context, call_server(context, "trace/start",
                                {{"citizen", arguments->citizen}, {"at", arguments->at}, {"case", arguments->number}}));
  });
  auto* list = add_command(*group, context, "list", "all traces: state and figures, fewer than 5 shown as <5",
                           "lindung trace list");
  list->callback([&context] { finish(context, call_server(context, "trace/list", {})); });
}

}  // namespace lindung::cli
