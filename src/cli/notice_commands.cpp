#include <CLI/App.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

void add_notice_commands(CLI::App& program, Context& context) {
  const auto citizen = std::make_shared<std::string>();
  auto* group = program.add_subcommand("notice", "what citizens were told");
  group->require_subcommand(1);
  auto* list = add_command(*group, context, "list", "notices to a citizen, the newest first",
                           "lindung notice list --citizen HEX --officer siti.key");
  list->add_option("--citizen", *citizen, "reference (lindung citizen find)")->required();
  list->callback(
      [&context, citizen] { finish(context, call_server(context, "notice/list", {{"citizen", *citizen}})); });
}

}  // namespace lindung::cli
