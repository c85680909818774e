#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

constexpr std::size_t file_limit = 128UL * 1024 * 1024;

Result<boost::json::value> attribute(const Context& context, const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  // Only what a token can be made of goes to the server; everything else of the dump stays here.
  std::string runs;
  for (const char c : as_text(content)) {
    const bool is_digit =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    if (is_digit) {
      runs += c;
    } else if (!runs.empty() && runs.back() != ' ') {
      runs += ' ';
    }
  }
  if (runs.empty()) return fail(Errc::not_found, path + " holds no token");
  return call_server(context, "token/attribute", {{"text", runs}});
}

}  // namespace

void add_token_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("token", "link tokens");
  group->require_subcommand(1);
  const auto path = std::make_shared<std::string>();
  auto* command = add_command(*group, context, "attribute", "name the partner behind a leaked list of tokens",
                              "lindung token attribute dump.csv");
  command->add_option("file", *path, "the leaked list, in any layout")->required()->check(CLI::ExistingFile);
  command->callback([&context, path] {
    const auto result = attribute(context, *path);
    finish(context, result);
    if (result.has_value() && result.value().at("partners").as_array().empty()) context.exit_status = 1;
  });
}

}  // namespace lindung::cli
