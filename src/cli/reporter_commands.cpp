#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "codec/base_n.h"
#include "crypto/hpke.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct ReporterArguments {
  std::string reporter;
  std::string name;
  std::string key_id;
  std::string public_key;
  std::string districts;
  std::string syndromes;
  std::uint64_t per_day{2'000};
  std::uint64_t per_minute{60};
};

void put_text(json::object& arguments, const char* name, const std::string& value) {
  if (!value.empty()) arguments[name] = value;
}

Result<json::value> add_key(const Context& context, const ReporterArguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  json::object call{{"reporter", arguments.reporter}, {"key_id", arguments.key_id}, {"public_key", key}};
  put_text(call, "districts", arguments.districts);
  put_text(call, "syndromes", arguments.syndromes);
  return call_server(context, "reporter/key-add", call);
}

using Shared = std::shared_ptr<ReporterArguments>;

CLI::App* with_reporter(CLI::App* command, const Shared& arguments) {
  command->add_option("reporter", arguments->reporter, "id of the reporter, [a-z0-9-]{1,32}")->required();
  return command;
}

void add_state_command(CLI::App& group, Context& context, const Shared& arguments, const std::string& word,
                       const std::string& description) {
  auto* command = with_reporter(
      add_command(group, context, word, description, "lindung reporter " + word + " halosehat"), arguments);
  command->callback([&context, arguments, word] {
    finish(context, call_server(context, "reporter/" + word, {{"reporter", arguments->reporter}}));
  });
}

void add_limit_options(CLI::App& command, const Shared& arguments) {
  command.add_option("--per-day", arguments->per_day, "reports a day (UTC)")->capture_default_str();
  command.add_option("--per-minute", arguments->per_minute, "reports a minute")->capture_default_str();
}

void add_key_commands(CLI::App& group, Context& context, const Shared& arguments) {
  auto* keys = group.add_subcommand("key", "keys that a reporter signs with, and what each may report");
  keys->require_subcommand(1);
  auto* add = with_reporter(add_command(*keys, context, "add", "let a key send reports",
                                        "lindung reporter key add halosehat --key-id halosehat.1 --public-key HEX "
                                        "--districts 31,3273 --syndromes ili,sari"),
                            arguments);
  add->add_option("--key-id", arguments->key_id, "[a-z0-9.-]{1,64}, of all reporters one")->required();
  add->add_option("--public-key", arguments->public_key, "Ed25519 public key: 32 bytes in hex, or a PEM file")
      ->required();
  add->add_option("--districts", arguments->districts, "first 2 or 4 digits: 31,3273; all unless given");
  add->add_option("--syndromes", arguments->syndromes, "ili,sari,…; all unless given");
  add->callback([&context, arguments] { finish(context, add_key(context, *arguments)); });

  auto* list = with_reporter(
      add_command(*keys, context, "list", "the keys of a reporter", "lindung reporter key list halosehat"), arguments);
  list->callback([&context, arguments] {
    finish(context, call_server(context, "reporter/key-list", {{"reporter", arguments->reporter}}));
  });
  auto* revoke = with_reporter(add_command(*keys, context, "revoke", "take a key away, at once",
                                           "lindung reporter key revoke halosehat --key-id halosehat.1"),
                               arguments);
  revoke->add_option("--key-id", arguments->key_id, "of which key")->required();
  revoke->callback([&context, arguments] {
    finish(context, call_server(context, "reporter/key-revoke",
                                {{"reporter", arguments->reporter}, {"key_id", arguments->key_id}}));
  });
}

// Reports that are kept apart.
void add_held_commands(CLI::App& group, Context& context) {
  struct Held {
    std::string reporter;
    std::string day;
  };
  auto* held = group.add_subcommand("held", "reports that are kept apart: far more than a reporter's own past");
  held->require_subcommand(1);
  auto* list = add_command(*held, context, "list", "how many of which reporter and day", "lindung reporter held list");
  list->callback([&context] { finish(context, call_server(context, "report-held/list", {})); });
  const auto chosen = std::make_shared<Held>();
  const auto decide = [&](const std::string& word, const std::string& description) {
    auto* command =
        add_command(*held, context, word, description, "lindung reporter held " + word + " halosehat 2026-11-22");
    command->add_option("reporter", chosen->reporter, "id of the reporter")->required();
    command->add_option("day", chosen->day, "day (UTC) on which they came: 2026-11-22")->required();
    command->callback([&context, chosen, word] {
      finish(context,
             call_server(context, "report-held/" + word, {{"reporter", chosen->reporter}, {"day", chosen->day}}));
    });
  };
  decide("release", "they count, on the day on which they came; two officers");
  decide("refuse", "they never count; two officers");
}

// The offices' own key files: X25519, hex, mode 0600.
Result<json::value> make_office_key(const std::string& path) {
  const auto key = crypto::X25519PrivateKey::generate();
  const auto bytes = key.bytes();
  TRYV(store::create_file(path, as_bytes(codec::hex(bytes.view()) + "\n")));
  return json::object{{"file", path}, {"public_key", codec::hex(key.public_key())}};
}

void add_office_commands(CLI::App& group, Context& context) {
  struct OfficeArguments {
    std::string office;
    std::string name;
    std::string role{"health"};
    std::string districts;
    std::string public_key;
    std::string output;
  };
  const auto arguments = std::make_shared<OfficeArguments>();
  auto* offices = group.add_subcommand("office", "health offices, and those without whom no identity opens");
  offices->require_subcommand(1);
  auto* key = add_command(*offices, context, "key", "make an office's key; the file stays with the office",
                          "lindung reporter office key --output dinkes-3174.key");
  key->add_option("--output", arguments->output, "new file")->required();
  key->callback([&context, arguments] { finish(context, make_office_key(arguments->output)); });
  auto* add = add_command(*offices, context, "add", "register an office by its public key; two officers",
                          "lindung reporter office add dinkes-3174 --role health --districts 3174 --public-key HEX");
  add->add_option("office", arguments->office, "id of the office, [a-z0-9-]{1,32}")->required();
  add->add_option("--name", arguments->name, "its name");
  add->add_option("--role", arguments->role, "health or second")->capture_default_str();
  add->add_option("--districts", arguments->districts, "of a health office: first 2 or 4 digits, 31,3273");
  add->add_option("--public-key", arguments->public_key, "32 bytes in hex")->required();
  add->callback([&context, arguments] {
    json::object call{{"office", arguments->office}, {"role", arguments->role}, {"public_key", arguments->public_key}};
    put_text(call, "name", arguments->name);
    put_text(call, "districts", arguments->districts);
    finish(context, call_server(context, "report-office/add", call));
  });
  auto* list = add_command(*offices, context, "list", "all offices", "lindung reporter office list");
  list->callback([&context] { finish(context, call_server(context, "report-office/list", {})); });
}

}  // namespace

void add_reporter_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("reporter", "telehealth services that may report suspected cases");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<ReporterArguments>();
  auto* add = with_reporter(add_command(*group, context, "add", "register a reporter; two officers",
                                        "lindung reporter add halosehat --name \"Halo Sehat\" --per-day 2000"),
                            arguments);
  add->add_option("--name", arguments->name, "its name");
  add_limit_options(*add, arguments);
  add->callback([&context, arguments] {
    json::object call{
        {"reporter", arguments->reporter}, {"per_day", arguments->per_day}, {"per_minute", arguments->per_minute}};
    put_text(call, "name", arguments->name);
    finish(context, call_server(context, "reporter/add", call));
  });
  auto* list = add_command(*group, context, "list", "all reporters, and what they sent today", "lindung reporter list");
  list->callback([&context] { finish(context, call_server(context, "reporter/list", {})); });
  add_state_command(*group, context, arguments, "suspend", "take no reports of it for a while");
  add_state_command(*group, context, arguments, "resume", "take its reports again; two officers");
  add_state_command(*group, context, arguments, "cut", "take no reports of it, for ever");
  auto* limits = with_reporter(add_command(*group, context, "limits", "how many reports it may send",
                                           "lindung reporter limits halosehat --per-day 500 --per-minute 20"),
                               arguments);
  add_limit_options(*limits, arguments);
  limits->callback([&context, arguments] {
    finish(context, call_server(context, "reporter/limits",
                                {{"reporter", arguments->reporter},
                                 {"per_day", arguments->per_day},
                                 {"per_minute", arguments->per_minute}}));
  });
  add_key_commands(*group, context, arguments);
  add_held_commands(*group, context);
  add_office_commands(*group, context);
}

}  // namespace lindung::cli
