#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.h"
#include "cli/commands.h"
#include "cli/config_file.h"
#include "cli/context.h"
#include "server/data_folder.h"
#include "server/installation_database.h"
#include "service/backup_trial.h"

namespace lindung::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// Copies a backup into a data folder that has no database yet; the ring comes from where rings are kept.
Result<json::value> restore(const Context& context, const std::string& backup) {
  const server::DataFolder folder{context.data_folder};
  std::error_code error;
  if (!fs::exists(fs::path{backup} / "lindung.db", error)) return fail(Errc::not_found, backup + " is no backup");
  if (fs::exists(folder.database(), error) || fs::exists(folder.log(), error)) {
    return fail(Errc::conflict, folder.path() + " holds an installation already");
  }
  TRYV(folder.create());
  const auto lock = server::DataFolderLock::take(folder);
  if (lock.has_error()) return lock.error();
  TRYV(service::copy_backup(backup, folder.path()));
  return json::object{{"data", folder.path()}, {"ring_is_there", fs::exists(folder.ring(), error)}};
}

Result<json::value> migrate(const Context& context, const std::string& config, const std::string& postgres) {
  auto data = context.data_folder;
  auto address = postgres;
  if (!config.empty()) {
    TRY(read, read_config(config));
    data = read.node.data_folder;
    address = read.node.postgres;
  }
  TRY(migrated, server::migrate_offline(server::DataFolder{data}, address));
  json::array ran;
  for (const auto& name : migrated.ran) ran.emplace_back(name);
  const bool had_work = !migrated.ran.empty();
  return json::object{{"data", data},
                      {"engine", address.empty() ? "sqlite" : "postgresql"},
                      {"version_before", migrated.before},
                      {"version_after", migrated.after},
                      {"ran", std::move(ran)},
                      {"done", had_work ? "migrated" : "nothing to do: the schema is this program's already"}};
}

// Offline: the program that serves migrates by itself when it is unsealed, but its user may not be allowed to.
void add_migrate_command(CLI::App& program, Context& context) {
  struct Arguments {
    std::string config;
    std::string postgres;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* command =
      add_command(program, context, "migrate", "bring the database to the schema of this program, while no server runs",
                  "lindung migrate --config /etc/lindung/lindung.toml");
  auto* config = command->add_option("--config", arguments->config, "TOML file of `lindung serve`, instead of --data");
  config->check(CLI::ExistingFile);
  command->add_option("--postgres", arguments->postgres, "PostgreSQL connection string, instead of SQLite in --data")
      ->excludes(config);
  command->callback(
      [&context, arguments] { finish(context, migrate(context, arguments->config, arguments->postgres)); });
}

}  // namespace

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

  add_migrate_command(program, context);

  auto* again = add_command(program, context, "restore", "copy a backup into a data folder without a database",
                            "lindung restore /srv/backup/2026-11-21 --data /var/lib/lindung");
  again->add_option("folder", arguments->folder, "a backup")->required()->check(CLI::ExistingDirectory);
  again->callback([&context, arguments] { finish(context, restore(context, arguments->folder)); });
}

}  // namespace lindung::cli
