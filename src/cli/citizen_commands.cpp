#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

constexpr std::size_t number_limit = 64;

// The first line of the file, else of standard input: never an argument, which every user of the machine could read.
Result<SecretBytes> read_number(const std::string& file) {
  if (!file.empty()) {
    TRY(content, store::read_file(file, number_limit));
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
    return content;
  }
  SecretBytes line;
  for (int c = std::getchar(); c != EOF && c != '\n' && line.size() < number_limit; c = std::getchar()) {
    line.push_back(static_cast<std::uint8_t>(c));
  }
  return line;
}

Result<boost::json::value> find(const Context& context, const std::string& kind, const std::string& file) {
  TRY(number, read_number(file));
  return call_server(context, "citizen/find", {{kind, as_text(number)}});
}

}  // namespace

void add_citizen_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string kind{"nik"};
    std::string file;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("citizen", "people who have records here");
  group->require_subcommand(1);
  auto* command =
      add_command(*group, context, "find", "the reference of a citizen, by number (read from standard input)",
                  "lindung citizen find --kind nik < number");
  command->add_option("--kind", arguments->kind, "nik or passport")
      ->check(CLI::IsMember({"nik", "passport"}))
      ->capture_default_str();
  command->add_option("--file", arguments->file, "read the number from the first line of a file")
      ->check(CLI::ExistingFile);
  command->callback([&context, arguments] { finish(context, find(context, arguments->kind, arguments->file)); });
}

}  // namespace lindung::cli
