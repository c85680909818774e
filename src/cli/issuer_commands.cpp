#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t register_limit = 256UL * 1024 * 1024;

struct TermsArguments {
  std::string issuer;
  std::string licence;
  std::string kinds;
  std::string districts;
  std::string hours;
  std::uint64_t daily_rows{};
  std::uint64_t back_dating_days{};
};

struct AddArguments {
  TermsArguments terms;
  std::string name;
  std::string key_id;
  std::string public_key;
  std::string algorithm{"ed25519"};
  std::string valid_from;
  std::string valid_until;
};

void add_terms_options(CLI::App& command, TermsArguments& terms) {
  command.add_option("issuer", terms.issuer, "id of the issuer, [a-z0-9-]{1,64}")->required();
  command.add_option("--licence", terms.licence, "its licence, checked against the register (issuer licences)");
  command.add_option("--kinds", terms.kinds, "vaccination,test,recovery,exemption,contact: what it may sign in");
  command.add_option("--districts", terms.districts, "first 2, 4 or 6 digits of its people's NIKs: 31,3174");
  command.add_option("--hours", terms.hours, "opening hours: \"mon-sat 07:00-17:00 WIB\"");
  command.add_option("--daily-rows", terms.daily_rows, "rows that are accepted a day (UTC)");
  command.add_option("--back-dating-days", terms.back_dating_days, "how long ago a fact may lie");
}

void put_text(json::object& arguments, const char* name, const std::string& value) {
  if (!value.empty()) arguments[name] = value;
}

json::object arguments_of(const CLI::App& command, const TermsArguments& terms) {
  json::object arguments{{"issuer", terms.issuer}};
  put_text(arguments, "licence", terms.licence);
  put_text(arguments, "kinds", terms.kinds);
  put_text(arguments, "districts", terms.districts);
  put_text(arguments, "hours", terms.hours);
  if (command.count("--daily-rows") != 0) arguments["daily_rows"] = terms.daily_rows;
  if (command.count("--back-dating-days") != 0) arguments["back_dating_days"] = terms.back_dating_days;
  return arguments;
}

Result<json::value> add_issuer(const Context& context, const CLI::App& command, const AddArguments& added) {
  TRY(key, read_public_key(added.public_key));
  auto arguments = arguments_of(command, added.terms);
  arguments["public_key"] = key.hex;
  arguments["algorithm"] = key.is_pem_es256 ? "es256" : added.algorithm;
  put_text(arguments, "name", added.name);
  put_text(arguments, "key_id", added.key_id);
  put_text(arguments, "valid_from", added.valid_from);
  put_text(arguments, "valid_until", added.valid_until);
  return call_server(context, "issuer/add", arguments);
}

Result<json::value> load(const Context& context, const std::string& command, const std::string& path) {
  TRY(content, store::read_file(path, register_limit));
  return call_server(context, command, {{"document", as_text(content)}});
}

void add_load_command(CLI::App& group, Context& context, const std::string& word, const std::string& description,
                      const std::string& file_help) {
  const auto path = std::make_shared<std::string>();
  auto* command = add_command(group, context, word, description, "lindung issuer " + word + " " + word + ".json");
  command->add_option("file", *path, file_help)->required()->check(CLI::ExistingFile);
  command->callback([&context, word, path] { finish(context, load(context, "issuer/" + word, *path)); });
}

}  // namespace

void add_issuer_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("issuer", "who may sign records in");
  group->require_subcommand(1);
  const auto added = std::make_shared<AddArguments>();
  auto* add = add_command(*group, context, "add", "register an issuer, or one more key of it",
                          "lindung issuer add klinik-sehat --name \"Klinik Sehat\" --public-key HEX");
  add_terms_options(*add, added->terms);
  add->add_option("--name", added->name, "its name");
  add->add_option("--key-id", added->key_id, "id of the key");
  add->add_option("--public-key", added->public_key, "in hex: 32 bytes, or a point on P-256; or a PEM file")
      ->required();
  add->add_option("--algorithm", added->algorithm, "ed25519, or es256 for a key on P-256")
      ->check(CLI::IsMember({"ed25519", "es256"}))
      ->capture_default_str();
  add->add_option("--valid-from", added->valid_from, "RFC 3339; the default is now");
  add->add_option("--valid-until", added->valid_until, "RFC 3339; the default is until it is revoked");
  add->callback([&context, added, add] { finish(context, add_issuer(context, *add, *added)); });

  const auto terms = std::make_shared<TermsArguments>();
  auto* set = add_command(*group, context, "terms", "say what an issuer may sign in, in place of what was said before",
                          "lindung issuer terms klinik-sehat --kinds vaccination,test --daily-rows 2000 "
                          "--hours \"mon-sat 07:00-17:00 WIB\"");
  add_terms_options(*set, *terms);
  set->callback(
      [&context, terms, set] { finish(context, call_server(context, "issuer/terms", arguments_of(*set, *terms))); });

  struct KeyArguments {
    std::string issuer;
    std::string key_id;
  };
  const auto key = std::make_shared<KeyArguments>();
  auto* revoke = add_command(*group, context, "revoke-key", "end a key; what it signed stays until it is undone",
                             "lindung issuer revoke-key klinik-sehat klinik-sehat.1");
  revoke->add_option("issuer", key->issuer, "id of the issuer")->required();
  revoke->add_option("key-id", key->key_id, "id of the key")->required();
  revoke->callback([&context, key] {
    finish(context, call_server(context, "issuer/revoke-key", {{"issuer", key->issuer}, {"key_id", key->key_id}}));
  });

  auto* list = add_command(*group, context, "list", "all issuers, their keys and terms", "lindung issuer list");
  list->callback([&context] { finish(context, call_server(context, "issuer/list", {})); });
  add_load_command(*group, context, "licences", "load the register of licences; from then on issuers need one",
                   "{\"source\", \"licences\": [{\"id\", \"holder\", \"valid_until\"}]}");
  add_load_command(*group, context, "lots", "load the register of vaccine lots and how many doses each held",
                   "{\"source\", \"lots\": [{\"vaccine\", \"lot\", \"doses\"}]}");
}

}  // namespace lindung::cli
