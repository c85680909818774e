#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/config_file.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "cli/passphrase.h"
#include "cli/program.h"
#include "codec/base_n.h"
#include "domain/route_rules.h"
#include "domain/rule_document.h"
#include "server/data_folder.h"
#include "server/serve.h"
#include "store/durable_file.h"
#include "store/ring.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t document_limit = 4UL * 1024 * 1024;

struct Arguments {
  std::string file;  // a passphrase, a document
  std::string id;
  std::string name;
  std::string port;
  std::string day;
  std::string public_key;
  std::string output;
  std::string config;
  bool only_check{};
};
using Given = std::shared_ptr<Arguments>;

Result<json::value> init(const Context& context, const std::string& file) {
  const server::DataFolder folder{context.data_folder};
  TRYV(folder.create());
  TRY(secret, read_passphrase(file, "Passphrase of the new key ring"));
  TRYV(store::KeyRing::create(folder.ring(), secret, {}, SystemClock{}.now()));
  return json::object{{"ring", folder.ring()}};
}

int serve(const Arguments& arguments) {
  auto config = read_travel_config(arguments.config);
  if (config.has_error()) {
    std::fprintf(stderr, "%s\n", config.error().detail.c_str());
    return usage;
  }
  if (arguments.only_check) {
    std::printf("%s is good\n", arguments.config.c_str());
    return done;
  }
  const auto ended = server::run_travel_server(std::move(config).value());
  if (ended.has_value()) return done;
  std::fprintf(stderr, "lindung: %s\n", ended.error().text().c_str());
  return negative;
}

Result<json::value> unseal(const Context& context, const std::string& file) {
  TRY(secret, read_passphrase(file, "Passphrase"));
  return call_server_raw(context, "unseal", std::string{as_text(secret)});
}

Result<std::string> read_document(const std::string& path) {
  TRY(content, store::read_file(path, document_limit));
  return std::string{as_text(content)};
}

Result<json::value> check_rules(const std::string& path) {
  TRY(text, read_document(path));
  TRY(document, domain::RuleDocument::read(text));
  TRY(rules, domain::RouteRules::parse(document.content()));
  const auto failing = domain::failing_cases(rules);
  if (!failing.empty()) return fail(Errc::conflict, failing.front());
  json::array signers;
  for (const auto& signature : document.signatures()) signers.emplace_back(signature.signer);
  return json::object{{"rules", rules.name()},
                      {"draft", rules.is_draft()},
                      {"cases", rules.cases().size()},
                      {"signed_by", std::move(signers)}};
}

Result<json::value> sign_rules(const Context& context, const Arguments& arguments) {
  if (context.officer_file.empty()) return fail(Errc::invalid_argument, "--officer FILE is needed");
  TRY(officer, read_officer(context.officer_file));
  TRY(text, read_document(arguments.file));
  TRY(document, domain::RuleDocument::read(text));
  TRYV(domain::RouteRules::parse(document.content()));
  TRYV(document.sign(officer.id, officer.key));
  TRYV(store::replace_file(arguments.output, as_bytes(document.text())));
  return json::object{{"file", arguments.output}, {"signatures", document.signatures().size()}};
}

Result<json::value> activate_rules(const Context& context, const std::string& path) {
  TRY(text, read_document(path));
  return call_server(context, "travel/rules/activate", {{"document", text}});
}

Result<json::value> add_officer(const Context& context, const Arguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  return call_server(context, "travel/officer/add", {{"officer", arguments.id}, {"public_key", key}});
}

Result<json::value> add_device(const Context& context, const Arguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  return call_server(context, "travel/device/add",
                     {{"device", arguments.id}, {"port", arguments.port}, {"public_key", key}});
}

Result<json::value> add_carrier(const Context& context, const Arguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  return call_server(context, "travel/carrier/add",
                     {{"carrier", arguments.id}, {"name", arguments.name}, {"public_key", key}});
}

Result<json::value> add_carrier_key(const Context& context, const Arguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  return call_server(context, "travel/carrier/key/add", {{"carrier", arguments.id}, {"public_key", key}});
}

// The list of a device that has no network, into a file for `lindung border sync --file`.
Result<json::value> pack_list(const Context& context, const Arguments& arguments) {
  TRY(packed,
      call_server(context, "travel/device/pack", {{"device", arguments.id}, {"sealing_key", arguments.public_key}}));
  TRY(list, codec::from_base64(std::string_view{packed.at("list").as_string()}));
  TRYV(store::replace_file(arguments.output, list));
  return json::object{{"device", arguments.id}, {"file", arguments.output}, {"bytes", list.size()}};
}

CLI::App* group_of(CLI::App& parent, const std::string& name, const std::string& description) {
  auto* group = parent.add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

CLI::App* with_key(CLI::App* command, const Given& given) {
  command->add_option("--public-key", given->public_key, "Ed25519 public key: 32 bytes in hex, or a PEM file")
      ->required();
  return command;
}

void add_server(CLI::App& travel, Context& context, const Given& given) {
  const auto with_file = [&](CLI::App* command) {
    command->add_option("--passphrase-file", given->file, "read the passphrase from the first line of a file");
    return command;
  };
  auto* make = with_file(add_command(travel, context, "init", "make the key ring of a new travel installation",
                                     "lindung travel init --data /var/lib/lindung-travel"));
  make->callback([&context, given] { finish(context, init(context, given->file)); });
  auto* run = travel.add_subcommand("serve", "serve a travel installation by its configuration; starts sealed");
  run->footer("Example:\n  lindung travel serve --config /etc/lindung/travel.toml");
  run->add_option("--config", given->config, "TOML file")->required();
  run->add_flag("--check-config", given->only_check, "say what is wrong with the file, and end");
  run->callback([&context, given] { context.exit_status = serve(*given); });
  auto* open = with_file(add_command(travel, context, "unseal", "open the key ring of the running travel server",
                                     "lindung travel unseal --data /var/lib/lindung-travel"));
  open->callback([&context, given] { finish(context, unseal(context, given->file)); });
  auto* seal = add_command(travel, context, "seal", "close the key ring: the server answers `sealed` from now on",
                           "lindung travel seal --data /var/lib/lindung-travel");
  seal->callback([&context] { finish(context, call_server_raw(context, "seal", "")); });
  auto* status = add_command(travel, context, "status", "what the travel server is doing",
                             "lindung travel status --data /var/lib/lindung-travel --json");
  status->callback([&context] { finish(context, call_server(context, "travel/status", {})); });
  add_api_command(travel, context, "lindung travel api --data /var/lib/lindung-travel --json");
  auto* retention = add_command(travel, context, "retention", "destroy the keys of days that are over, now",
                                "lindung travel retention --data /var/lib/lindung-travel");
  retention->callback([&context] { finish(context, call_server(context, "travel/retention", {})); });
}

void add_rules(CLI::App& travel, Context& context, const Given& given) {
  auto* group = group_of(travel, "rules", "route rules: who may make which journey");
  auto* list = add_command(*group, context, "list", "all that were ever in force", "lindung travel rules list");
  list->callback([&context] { finish(context, call_server(context, "travel/rules/list", {})); });
  auto* check = add_command(*group, context, "check", "read a document and run its own cases",
                            "lindung travel rules check routes.json");
  check->add_option("file", given->file, "route rules, signed or not")->required();
  check->callback([&context, given] { finish(context, check_rules(given->file)); });
  auto* sign = add_command(*group, context, "sign", "put an officer's signature under route rules",
                           "lindung travel rules sign routes.json --officer siti.key --output routes.signed.json");
  sign->add_option("file", given->file, "route rules, signed or not")->required();
  sign->add_option("--output", given->output, "where the signed file goes")->required();
  sign->callback([&context, given] { finish(context, sign_rules(context, *given)); });
  auto* activate = add_command(*group, context, "activate", "put a document in force, from the next filing on",
                               "lindung travel rules activate routes.signed.json");
  activate->add_option("file", given->file, "signed by two officers once there are any")->required();
  activate->callback([&context, given] { finish(context, activate_rules(context, given->file)); });
}

void add_others(CLI::App& travel, Context& context, const Given& given) {
  auto* officer = group_of(travel, "officer", "persons who sign route rules");
  auto* officer_add = with_key(
      add_command(*officer, context, "add", "register an officer", "lindung travel officer add siti --public-key HEX"),
      given);
  officer_add->add_option("officer", given->id, "[a-z0-9.-]{1,64}")->required();
  officer_add->callback([&context, given] { finish(context, add_officer(context, *given)); });

  auto* device = group_of(travel, "device", "devices of border desks");
  auto* device_add = with_key(add_command(*device, context, "add", "register a device at a port",
                                          "lindung travel device add cgk-3 --port CGK --public-key HEX"),
                              given);
  device_add->add_option("device", given->id, "[a-z0-9.-]{1,64}")->required();
  device_add->add_option("--port", given->port, "three letters (data/travel/ports.json)")->required();
  device_add->callback([&context, given] { finish(context, add_device(context, *given)); });
  auto* device_revoke = add_command(*device, context, "revoke", "a device that was lost: it gets no list any more",
                                    "lindung travel device revoke cgk-3");
  device_revoke->add_option("device", given->id, "[a-z0-9.-]{1,64}")->required();
  device_revoke->callback(
      [&context, given] { finish(context, call_server(context, "travel/device/revoke", {{"device", given->id}})); });
  auto* device_list = add_command(*device, context, "list", "all devices", "lindung travel device list");
  device_list->callback([&context] { finish(context, call_server(context, "travel/device/list", {})); });

  auto* device_pack = add_command(*device, context, "pack", "the list of a device that has no network, as a file",
                                  "lindung travel device pack cgk-3 --sealing-key HEX --output cgk-3.list");
  device_pack->add_option("device", given->id, "[a-z0-9.-]{1,64}")->required();
  device_pack->add_option("--sealing-key", given->public_key, "that `border init` has printed")->required();
  device_pack->add_option("--output", given->output, "the file, for `border sync --file`")->required();
  device_pack->callback([&context, given] { finish(context, pack_list(context, *given)); });

  auto* carrier = group_of(travel, "carrier", "airlines, ships and railways that ask before departure");
  auto* carrier_add = with_key(add_command(*carrier, context, "add", "register a carrier",
                                           "lindung travel carrier add GA --name Garuda --public-key HEX"),
                               given);
  carrier_add->add_option("carrier", given->id, "as cards name it: [A-Z0-9]{2,8}")->required();
  carrier_add->add_option("--name", given->name, "for people")->required();
  carrier_add->callback([&context, given] { finish(context, add_carrier(context, *given)); });
  auto* carrier_revoke = add_command(*carrier, context, "revoke", "a carrier that may not ask any more",
                                     "lindung travel carrier revoke GA");
  carrier_revoke->add_option("carrier", given->id, "[A-Z0-9]{2,8}")->required();
  carrier_revoke->callback(
      [&context, given] { finish(context, call_server(context, "travel/carrier/revoke", {{"carrier", given->id}})); });
  auto* key = group_of(*carrier, "key", "a carrier's second key, and the end of its first");
  auto* key_add = with_key(add_command(*key, context, "add", "one more key beside the one in force",
                                       "lindung travel carrier key add GA --public-key HEX"),
                           given);
  key_add->add_option("carrier", given->id, "[A-Z0-9]{2,8}")->required();
  key_add->callback([&context, given] { finish(context, add_carrier_key(context, *given)); });
  auto* key_revoke = add_command(*key, context, "revoke", "a key that counts no more; the carrier's other one does",
                                 "lindung travel carrier key revoke GA");
  key_revoke->add_option("key", given->id, "as `carrier list` names it: GA, GA.2")->required();
  key_revoke->callback(
      [&context, given] { finish(context, call_server(context, "travel/carrier/key/revoke", {{"key", given->id}})); });
  auto* carrier_list = add_command(*carrier, context, "list", "all carriers", "lindung travel carrier list");
  carrier_list->callback([&context] { finish(context, call_server(context, "travel/carrier/list", {})); });

  auto* figures = add_command(travel, context, "figures", "who passed a port and who is expected, by the hour",
                              "lindung travel figures CGK --day 2026-11-22");
  figures->add_option("port", given->port, "three letters")->required();
  figures->add_option("--day", given->day, "UTC")->required();
  figures->callback([&context, given] {
    finish(context, call_server(context, "travel/figures", {{"port", given->port}, {"day", given->day}}));
  });

  auto* conflicts =
      add_command(travel, context, "conflicts", "what desks of a port did with one crossing that does not agree",
                  "lindung travel conflicts CGK");
  conflicts->add_option("port", given->port, "three letters")->required();
  conflicts->callback(
      [&context, given] { finish(context, call_server(context, "travel/conflicts", {{"port", given->port}})); });

  auto* sick = group_of(travel, "sick", "reports of people who were sick on arrival");
  auto* sick_list =
      add_command(*sick, context, "list", "what waits at a port, and since when", "lindung travel sick list CGK");
  sick_list->add_option("port", given->port, "three letters")->required();
  sick_list->callback(
      [&context, given] { finish(context, call_server(context, "travel/sick/list", {{"port", given->port}})); });
  auto* sick_take = add_command(*sick, context, "take", "one report, the longest unseen or the named one; logged",
                                "lindung travel sick take CGK");
  sick_take->add_option("port", given->port, "three letters")->required();
  sick_take->add_option("--report", given->id, "id of a report of this port");
  sick_take->callback([&context, given] {
    json::object arguments{{"port", given->port}};
    if (!given->id.empty()) arguments["report"] = given->id;
    finish(context, call_server(context, "travel/sick/take", arguments));
  });
}

}  // namespace

void add_travel_commands(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Arguments>();
  auto* travel = group_of(program, "travel", "travel health cards: an installation of their own");
  add_server(*travel, context, given);
  add_rules(*travel, context, given);
  add_others(*travel, context, given);
  add_travel_card_commands(*travel, context);
}

}  // namespace lindung::cli
