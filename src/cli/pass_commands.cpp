// `lindung pass …`: light passes for doors without a network.
#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "codec/json.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct PassArguments {
  std::string citizen;
  unsigned days{1};
  std::string output;
};

Result<json::value> keys(const Context& context, const std::string& output) {
  TRY(set, call_server(context, "pass/keys", {}));
  if (output.empty()) return set;
  TRYV(store::create_file(output, as_bytes(codec::to_pretty_text(set) + "\n")));
  return json::object{{"output", output}, {"keys", set.at("keys").as_array().size()}};
}

}  // namespace

void add_pass_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("pass", "light passes: green, and who it is, for doors without a network");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<PassArguments>();

  auto* issue = add_command(*group, context, "issue",
                            "a strip of passes for a citizen who is green, one for each six hours from now on",
                            "lindung pass issue c94d2f6d09d67dc24b52a15ac48be5a1 --days 2 --json");
  issue->add_option("citizen", arguments->citizen, "reference (lindung citizen find)")->required();
  issue->add_option("--days", arguments->days, "for how many days, 1 to 3")
      ->check(CLI::Range(1, 3))
      ->capture_default_str();
  issue->callback([arguments, &context] {
    finish(context, call_server(context, "pass/issue", {{"citizen", arguments->citizen}, {"days", arguments->days}}));
  });

  auto* list = add_command(*group, context, "keys",
                           "the public keys of passes, for `lindung trust import` on a door device; also at "
                           "GET /v1/passes/keys",
                           "lindung pass keys --output pass-keys.json");
  list->add_option("--output", arguments->output, "a new file for them")->type_name("FILE");
  list->callback([arguments, &context] { finish(context, keys(context, arguments->output)); });
}

}  // namespace lindung::cli
