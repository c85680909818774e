#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "server/data_folder.h"

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
  fs::copy(fs::path{backup} / "log", folder.log(), fs::copy_options::recursive, error);
  if (!error) fs::copy_file(fs::path{backup} / "log-anchor", folder.log_anchor(), error);
  if (!error) fs::copy_file(fs::path{backup} / "lindung.db", folder.database(), error);
  if (error) return fail(Errc::io, "copying the backup: " + error.message());
  return json::object{{"data", folder.path()}, {"ring_is_there", fs::exists(folder.ring(), error)}};
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

  auto* again = add_command(program, context, "restore", "copy a backup into a data folder without a database",
                            "lindung restore /srv/backup/2026-11-21 --data /var/lib/lindung");
  again->add_option("folder", arguments->folder, "a backup")->required()->check(CLI::ExistingDirectory);
  again->callback([&context, arguments] { finish(context, restore(context, arguments->folder)); });
}

}  // namespace lindung::cli
