#include <CLI/App.hpp>
#include <CLI/Error.hpp>
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
#include "crypto/random.h"
#include "service/partners.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct PartnerArguments {
  std::string partner;
  std::string profile{"colour"};
  std::uint64_t per_minute{60'000};
  std::string key_id;
  std::string public_key;
  std::string pact;
  std::string signature;
  std::string citizen;
  std::string key_file;
  std::uint64_t hours{24};
  std::string address;
  bool removes{};
};
using Shared = std::shared_ptr<PartnerArguments>;

CLI::App* on_partner(CLI::App& group, Context& context, const Shared& arguments, const std::string& name,
                     const std::string& description, const std::string& example) {
  auto* command = add_command(group, context, name, description, example);
  command->add_option("partner", arguments->partner, "id of the partner")->required();
  return command;
}

// A command whose only argument is the partner.
void add_step(CLI::App& group, Context& context, const Shared& arguments, const std::string& name,
              const std::string& description) {
  auto* command = on_partner(group, context, arguments, name, description, "lindung partner " + name + " gojek");
  command->callback([&context, arguments, name] {
    finish(context, call_server(context, "partner/" + name, {{"partner", arguments->partner}}));
  });
}

Result<json::value> add_key(const Context& context, const PartnerArguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  return call_server(context, "partner/key-add",
                     {{"partner", arguments.partner}, {"key_id", arguments.key_id}, {"public_key", key}});
}

// Signed elsewhere and brought as --signature, or here with the partner's key file: the pact in force, unless named.
Result<json::value> sign_pact(const Context& context, const PartnerArguments& arguments) {
  auto pact = arguments.pact;
  auto signature = arguments.signature;
  if (!arguments.key_file.empty()) {
    TRY(key, read_signing_key(arguments.key_file));
    if (pact.empty()) {
      TRY(status, call_server(context, "status", {}));
      pact = status.at("pact_digest").as_string().c_str();
    }
    Hash digest{};
    TRYV(codec::from_hex(pact, digest));
    signature = codec::hex(key.sign(service::pact_message(digest)));
  }
  return call_server(context, "partner/sign-pact",
                     {{"partner", arguments.partner}, {"pact", pact}, {"signature", signature}});
}

void add_canary_commands(CLI::App& group, Context& context, const Shared& arguments) {
  auto* canary = group.add_subcommand("canary", "made-up people who exist for one partner only");
  canary->require_subcommand(1);
  auto* plant =
      on_partner(*canary, context, arguments, "plant", "make one, and print once what enrols it in the partner's app",
                 "lindung partner canary plant gojek");
  plant->callback([&context, arguments] {
    // The digest of a signed command is public: with this number it cannot be found by trying.
    const auto nonce = codec::hex(crypto::random_bytes<16>());
    finish(context, call_server(context, "partner/canary-plant", {{"partner", arguments->partner}, {"nonce", nonce}}));
  });
  auto* list = add_command(*canary, context, "list", "how often each canary was asked about, or found in a leaked file",
                           "lindung partner canary list gojek");
  list->add_option("partner", arguments->partner, "only those of this partner");
  list->callback([&context, arguments] {
    json::object which;
    if (!arguments->partner.empty()) which["partner"] = arguments->partner;
    finish(context, call_server(context, "partner/canary-list", which));
  });
}

}  // namespace

void add_partner_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("partner", "apps that ask: register, activate, cut");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<PartnerArguments>();

  auto* add = on_partner(*group, context, arguments, "register", "register a partner",
                         "lindung partner register gojek --profile colour --per-minute 60000");
  add->add_option("--profile", arguments->profile, "colour or decision_only")->capture_default_str();
  add->add_option("--per-minute", arguments->per_minute, "questions a minute before `quota`")->capture_default_str();
  add->callback([&context, arguments] {
    finish(context, call_server(context, "partner/register",
                                {{"partner", arguments->partner},
                                 {"profile", arguments->profile},
                                 {"per_minute", arguments->per_minute}}));
  });

  auto* pact = on_partner(*group, context, arguments, "sign-pact", "file the partner's signature of the integrity pact",
                          "lindung partner sign-pact gojek --pact HEX --signature HEX\n"
                          "  lindung partner sign-pact gojek --key gojek.key");
  auto* digest = pact->add_option("--pact", arguments->pact, "digest of the pact, hex (`lindung status`)");
  auto* signature = pact->add_option("--signature", arguments->signature,
                                     "Ed25519 signature of \"lindung pact v1\" | 0x00 | digest, hex");
  auto* signing_key = pact->add_option("--key", arguments->key_file, "instead of --signature: file of the signing key");
  signature->needs(digest)->excludes(signing_key);
  pact->callback([&context, arguments] {
    if (arguments->signature.empty() && arguments->key_file.empty()) throw CLI::RequiredError("--signature or --key");
    finish(context, sign_pact(context, *arguments));
  });

  auto* key = group->add_subcommand("key", "signing keys of a partner");
  key->require_subcommand(1);
  auto* key_add = on_partner(*key, context, arguments, "add", "add a signing key; the one before stays valid",
                             "lindung partner key add gojek --key-id gojek.2026-12.a --public-key HEX");
  key_add->add_option("--key-id", arguments->key_id, "[a-z0-9.-]{1,64}")->required();
  key_add->add_option("--public-key", arguments->public_key, "Ed25519 public key: 32 bytes in hex, or a PEM file")
      ->required();
  key_add->callback([&context, arguments] { finish(context, add_key(context, *arguments)); });
  auto* key_revoke = on_partner(*key, context, arguments, "revoke", "end a signing key at once",
                                "lindung partner key revoke gojek --key-id gojek.2026-11.a");
  key_revoke->add_option("--key-id", arguments->key_id, "the key to end")->required();
  key_revoke->callback([&context, arguments] {
    finish(context, call_server(context, "partner/key-revoke",
                                {{"partner", arguments->partner}, {"key_id", arguments->key_id}}));
  });

  auto* redirect =
      on_partner(*group, context, arguments, "redirect", "an address that citizens go back to after linking",
                 "lindung partner redirect gojek https://app.gojek.example/lindung");
  redirect->add_option("uri", arguments->address, "https://…, http://localhost…, or an app's own scheme")->required();
  redirect->add_flag("--remove", arguments->removes, "take it back");
  redirect->callback([&context, arguments] {
    finish(context,
           call_server(
               context, "partner/redirect",
               {{"partner", arguments->partner}, {"uri", arguments->address}, {"remove", arguments->removes ? 1 : 0}}));
  });
  auto* webhook =
      on_partner(*group, context, arguments, "webhook", "where the partner is told that a consent has ended",
                 "lindung partner webhook gojek https://app.gojek.example/lindung/ended");
  webhook->add_option("url", arguments->address, "https://HOST/PATH; without it, none any more");
  webhook->callback([&context, arguments] {
    finish(context,
           call_server(context, "partner/webhook", {{"partner", arguments->partner}, {"url", arguments->address}}));
  });

  add_step(*group, context, arguments, "activate", "let a partner that signed the pact ask");
  add_step(*group, context, arguments, "suspend", "stop answering a partner for now");
  add_step(*group, context, arguments, "resume", "answer a suspended partner again");
  add_step(*group, context, arguments, "cut",
           "take a partner off at once; prints how long it took, and again whether it is effective by now");
  add_step(*group, context, arguments, "uncut", "undo a cut");
  add_step(*group, context, arguments, "shred", "end a partner and all its links for good");

  auto* list = add_command(*group, context, "list", "all partners", "lindung partner list");
  list->callback([&context] { finish(context, call_server(context, "partner/list", {})); });
  auto* traffic =
      add_command(*group, context, "traffic", "questions by partner and hour", "lindung partner traffic --hours 24");
  traffic->add_option("--partner", arguments->partner, "only of this partner");
  traffic->add_option("--hours", arguments->hours, "of the last hours, 1 to 840")->capture_default_str();
  traffic->callback([&context, arguments] {
    json::object which{{"hours", arguments->hours}};
    if (!arguments->partner.empty()) which["partner"] = arguments->partner;
    finish(context, call_server(context, "partner/traffic", which));
  });
  add_canary_commands(*group, context, arguments);
  add_ask_command(*group, context);
  add_doctor_command(*group, context);

  auto* link = program.add_subcommand("link", "ties of citizens to partners");
  link->require_subcommand(1);
  auto* grant = on_partner(*link, context, arguments, "grant", "link a citizen to a partner; prints the token",
                           "lindung link grant gojek --citizen HEX");
  grant->add_option("--citizen", arguments->citizen, "reference of the citizen, hex")->required();
  grant->callback([&context, arguments] {
    finish(context,
           call_server(context, "link/grant", {{"partner", arguments->partner}, {"citizen", arguments->citizen}}));
  });
  auto* withdraw = on_partner(*link, context, arguments, "withdraw", "end a citizen's links to a partner at once",
                              "lindung link withdraw gojek --citizen HEX");
  withdraw->add_option("--citizen", arguments->citizen, "reference of the citizen, hex")->required();
  withdraw->callback([&context, arguments] {
    finish(context,
           call_server(context, "link/withdraw", {{"partner", arguments->partner}, {"citizen", arguments->citizen}}));
  });
}

}  // namespace lindung::cli
