// `lindung certificate …`.
#include <CLI/App.hpp>

#include "cli/certificate_print.h"
#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

void add_certificate_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("certificate", "health certificates of our own");
  group->require_subcommand(1);
  add_certificate_print(*group, context);
}

}  // namespace lindung::cli
