#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

void add_storage_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::uint64_t keep_days{14};
    std::string folder;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* retention = program.add_subcommand("retention", "forgetting");
  retention->require_subcommand(1);
  auto* run = add_command(*retention, context, "run", "destroy the keys of days older than --keep-days",
                          "lindung retention run --keep-days 14");
  run->add_option("--keep-days", arguments->keep_days, "days that stay readable")->capture_default_str();
  run->callback([&context, arguments] {
    finish(context, call_server(context, "retention/run", {{"keep_days", arguments->keep_days}}));
  });

  auto* backup = add_command(program, context, "backup", "copy database and log, without the key ring",
                             "lindung backup /srv/backup/2026-11-21");
  backup->add_option("folder", arguments->folder, "a new or empty folder")->required();
  backup->callback([&context, arguments] {
    finish(context,
           call_server(context, "backup", {{"folder", std::filesystem::absolute(arguments->folder).string()}}));
  });
}

}  // namespace lindung::cli
