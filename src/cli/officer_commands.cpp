#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "codec/base_n.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct Arguments {
  std::string officer;
  std::string public_key;
  std::string file;
  std::string approval;
  std::string algorithm{"ed25519"};
  std::string roles;
  std::uint64_t days{7};
};

Result<json::value> make_key(const Arguments& wanted) {
  if (wanted.algorithm == "es256") {
    if (!wanted.officer.empty()) return fail(Errc::invalid_argument, "officers sign with Ed25519 keys");
    TRY(point, make_es256_key_file(wanted.file));
    return json::object{{"file", wanted.file}, {"algorithm", wanted.algorithm}, {"public_key", codec::hex(point)}};
  }
  TRY(key, make_key_file(wanted.file, wanted.officer));
  json::object out{{"file", wanted.file}, {"public_key", codec::hex(key.bytes())}};
  if (!wanted.officer.empty()) out["officer"] = wanted.officer;
  return out;
}

Result<json::value> add_officer(const Context& context, const Arguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  return call_server(context, "officer/add", {{"officer", arguments.officer}, {"public_key", key}});
}

// What officers may do in a browser, and how they get there.
void add_portal_commands(CLI::App& group, Context& context, const std::shared_ptr<Arguments>& arguments) {
  auto* roles = add_command(group, context, "roles", "what an officer is there for; binds them wherever they command",
                            "lindung officer roles siti --roles partners,auditor");
  roles->add_option("officer", arguments->officer, "id of the officer")->required();
  roles
      ->add_option(
          "--roles", arguments->roles,
          "partners, health-office, border, security, auditor, operations; with commas, in place of those before")
      ->required();
  roles->callback([&context, arguments] {
    finish(context,
           call_server(context, "officer/roles", {{"officer", arguments->officer}, {"roles", arguments->roles}}));
  });

  auto* passkey =
      add_command(group, context, "passkey", "a one-time code with which an officer binds a passkey, for an hour",
                  "lindung officer passkey siti");
  passkey->add_option("officer", arguments->officer, "id of the officer")->required();
  passkey->callback([&context, arguments] {
    finish(context, call_server(context, "officer/passkey", {{"officer", arguments->officer}}));
  });

  auto* lookups = add_command(group, context, "lookups", "how often officers looked people up, and what for",
                              "lindung officer lookups --days 7");
  lookups->add_option("--days", arguments->days, "of the last days, 1 to 366")->capture_default_str();
  lookups->callback(
      [&context, arguments] { finish(context, call_server(context, "officer/lookups", {{"days", arguments->days}})); });
}

}  // namespace

void add_officer_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("officer", "persons who may command");
  group->require_subcommand(1);
  auto* add = add_command(*group, context, "add", "register an officer; the first one needs nobody's signature",
                          "lindung officer add siti --public-key HEX");
  add->add_option("officer", arguments->officer, "[a-z0-9.-]{1,64}")->required();
  add->add_option("--public-key", arguments->public_key, "Ed25519 public key: 32 bytes in hex, or a PEM file")
      ->required();
  add->callback([&context, arguments] { finish(context, add_officer(context, *arguments)); });
  auto* list = add_command(*group, context, "list", "all officers", "lindung officer list");
  list->callback([&context] { finish(context, call_server(context, "officer/list", {})); });
  add_portal_commands(*group, context, arguments);

  auto* approve = add_command(program, context, "approve", "finish a command of another officer that needs two",
                              "lindung approve 9f86d081884c7d659a2feaa0c55ad015 --officer budi.key");
  approve->add_option("approval", arguments->approval, "the id that the first officer was given")->required();
  approve->callback(
      [&context, arguments] { finish(context, call_server(context, "approve", {{"approval", arguments->approval}})); });

  auto* key = program.add_subcommand("key", "signing keys as files");
  key->require_subcommand(1);
  auto* make = add_command(*key, context, "make", "write a fresh signing key; prints the public half",
                           "lindung key make siti.key --for siti");
  make->add_option("file", arguments->file, "a file that is not there yet")->required();
  make->add_option("--for", arguments->officer, "id of the officer whose key it is; empty for issuers and partners");
  make->add_option("--algorithm", arguments->algorithm, "ed25519, or es256 for an issuer's key on P-256")
      ->check(CLI::IsMember({"ed25519", "es256"}))
      ->capture_default_str();
  make->callback([&context, arguments] { finish(context, make_key(*arguments)); });
}

}  // namespace lindung::cli
