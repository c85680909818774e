#include <CLI/App.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

void add_sandbox_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("sandbox", "test citizens and doors, where server.sandbox is set");
  group->require_subcommand(1);
  const auto partner = std::make_shared<std::string>();
  auto* links =
      add_command(*group, context, "links", "the tokens of the test citizens at a partner, and what each gives",
                  "lindung sandbox links gojek");
  links->add_option("partner", *partner, "id of the partner")->required();
  links->callback(
      [&context, partner] { finish(context, call_server(context, "sandbox/links", {{"partner", *partner}})); });
  auto* doors = add_command(*group, context, "doors", "the codes of the test doors, and what each gives",
                            "lindung sandbox doors");
  doors->callback([&context] { finish(context, call_server(context, "sandbox/doors", {})); });
}

}  // namespace lindung::cli
