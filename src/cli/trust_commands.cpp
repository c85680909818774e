// `lindung trust …`: the lists of signers that `lindung verify` believes. A folder of files; no server is needed.
#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/trust_lists.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t file_limit = std::size_t{64} << 20U;

struct TrustArguments {
  std::string folder;
  std::string name;
  std::string origin;
  std::string issuer;
  std::string fetched_at;
  std::uint32_t fresh_days{7};
  std::vector<std::string> files;
};
using Shared = std::shared_ptr<TrustArguments>;

std::string folder_of(const TrustArguments& arguments, const Context& context) {
  return arguments.folder.empty() ? context.data_folder + "/trust" : arguments.folder;
}

Result<json::value> import_list(const TrustArguments& arguments, const Context& context) {
  ListOrigin origin{.origin = arguments.origin.empty() ? arguments.files.front() : arguments.origin,
                    .issuer = arguments.issuer,
                    .fetched_at = SystemClock{}.now(),
                    .fresh_for = std::chrono::days{arguments.fresh_days}};
  if (!arguments.fetched_at.empty()) {
    TRY(at, parse_rfc3339(arguments.fetched_at));
    origin.fetched_at = at;
  }
  std::vector<ListFile> files;
  for (const auto& path : arguments.files) {
    TRY(content, store::read_file(path, file_limit));
    files.push_back({.name = std::filesystem::path{path}.filename().string(), .content = to_bytes(content)});
  }
  return put_list(folder_of(arguments, context), arguments.name, origin, std::move(files));
}

void add_folder_option(CLI::App& command, const Shared& arguments) {
  command.add_option("--trust", arguments->folder, "folder of the lists; else trust/ of the data folder")
      ->type_name("DIR");
}

}  // namespace

void add_trust_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("trust", "lists of signers of health certificates");
  group->require_subcommand(1);

  const auto arguments = std::make_shared<TrustArguments>();
  auto* import = add_command(
      *group, context, "import",
      "put a list of signers in place of the one of that name: certificates (DER, PEM), the EU "
      "gateway's JSON, DID documents, key sets, directories of issuers, master lists, batches of revocations, "
      "lists of revoked keys",
      "lindung trust import eu trustlist.json --origin https://gateway.example/trustList --fresh-for 3");
  import->add_option("name", arguments->name, "name of the list")->required();
  import->add_option("files", arguments->files, "the published files")->required()->check(CLI::ExistingFile);
  add_folder_option(*import, arguments);
  import->add_option("--origin", arguments->origin, "where it was fetched; trust refresh fetches it there again")
      ->type_name("URL");
  import->add_option("--issuer", arguments->issuer, "of SMART Health Cards, whose key set this is")->type_name("URL");
  import->add_option("--fetched-at", arguments->fetched_at, "when it was fetched, RFC 3339; now without it")
      ->type_name("TIME");
  import->add_option("--fresh-for", arguments->fresh_days, "days after which its signers are believed no longer")
      ->capture_default_str();
  import->callback([arguments, &context] { finish(context, import_list(*arguments, context)); });

  auto* list = add_command(*group, context, "list", "the lists, how fresh they are and what is in them",
                           "lindung trust list --trust trust/");
  add_folder_option(*list, arguments);
  list->callback(
      [arguments, &context] { finish(context, list_lists(folder_of(*arguments, context), SystemClock{}.now())); });

  auto* refresh = add_command(*group, context, "refresh", "fetch every list again from its origin",
                              "lindung trust refresh --trust trust/");
  add_folder_option(*refresh, arguments);
  refresh->callback(
      [arguments, &context] { finish(context, refresh_lists(folder_of(*arguments, context), SystemClock{}.now())); });
}

}  // namespace lindung::cli
