#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <iostream>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t register_limit = 256UL * 1024 * 1024;

struct Arguments {
  std::string citizen;
  std::string purpose;
};

// A number never stands on a command line, which every user of the machine can read.
Result<json::object> person_of(const Arguments& arguments) {
  if (!arguments.citizen.empty()) return json::object{{"citizen", arguments.citizen}};
  std::string nik;
  if (!std::getline(std::cin, nik)) return fail(Errc::invalid_argument, "a NIK is needed on standard input");
  if (!nik.empty() && nik.back() == '\r') nik.pop_back();
  return json::object{{"nik", nik}};
}

Result<json::value> call(const Context& context, const std::string& command, const Arguments& arguments) {
  TRY(object, person_of(arguments));
  if (!arguments.purpose.empty()) object["purpose"] = arguments.purpose;
  return call_server(context, command, object);
}

CLI::App* add(CLI::App& group, Context& context, const std::string& word, const std::string& description,
              const std::string& example, const std::shared_ptr<Arguments>& arguments) {
  auto* command = add_command(group, context, word, description, example);
  command->add_option("--citizen", arguments->citizen,
                      "reference of the citizen, hex; without it a NIK is read from "
                      "standard input");
  command->callback([&context, word, arguments] { finish(context, call(context, "account/" + word, *arguments)); });
  return command;
}

}  // namespace

void add_account_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("account", "accounts of citizens in the portal");
  group->require_subcommand(1);
  const auto recovering = std::make_shared<Arguments>();
  add(*group, context, "recover",
      "print a code for somebody whose papers were seen here: seven days, one use, two halves; the citizen is told",
      "lindung account recover --purpose \"lost telephone, KTP seen\" --officer siti.key < nik.txt", recovering)
      ->add_option("--purpose", recovering->purpose, "why, and what was seen")
      ->required();
  add(*group, context, "list", "whether there is an account, and on how many devices it is in use",
      "lindung account list --officer siti.key < nik.txt", std::make_shared<Arguments>());
  add(*group, context, "end", "sign somebody out everywhere", "lindung account end --officer siti.key < nik.txt",
      std::make_shared<Arguments>());

  auto* registers = program.add_subcommand("register", "the civil register, for registrations in the portal");
  registers->require_subcommand(1);
  const auto path = std::make_shared<std::string>();
  auto* load = add_command(*registers, context, "load",
                           "take a CSV file in (columns nik, name, born, family_card, phone); nothing of it can be "
                           "read afterwards",
                           "lindung register load register.csv");
  load->add_option("file", *path, "CSV, UTF-8")->required()->check(CLI::ExistingFile);
  load->callback([&context, path] {
    const auto run = [&]() -> Result<json::value> {
      TRY(content, store::read_file(*path, register_limit));
      return call_server(context, "register/load", {{"document", as_text(content)}});
    };
    finish(context, run());
  });
}

}  // namespace lindung::cli
