#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/passphrase.h"
#include "server/data_folder.h"
#include "store/ring.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

Result<json::value> init(const Context& context, const std::string& file) {
  const server::DataFolder folder{context.data_folder};
  TRYV(folder.create());
  TRY(secret, read_passphrase(file, "Passphrase of the new key ring"));
  TRYV(store::KeyRing::create(folder.ring(), secret, {}, SystemClock{}.now()));
  return json::object{{"ring", folder.ring()}};
}

Result<json::value> change(const Context& context, const std::string& old_file, const std::string& new_file) {
  TRY(old_one, read_passphrase(old_file, "Passphrase now"));
  TRY(new_one, read_passphrase(new_file, "New passphrase"));
  SecretBytes both = old_one;
  both.push_back(0);
  both.insert(both.end(), new_one.begin(), new_one.end());
  auto changed = call_server_raw(context, "passphrase", std::string{as_text(both)});
  if (changed.has_value() || changed.error().number != 3) return changed;
  // No server runs: the file alone.
  TRY(ring, store::KeyRing::open(server::DataFolder{context.data_folder}.ring()));
  TRYV(ring->change_passphrase(old_one, new_one));
  return json::object{{"changed", true}};
}

}  // namespace

void add_ring_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string file;
    std::string new_file;
  };
  const auto arguments = std::make_shared<Arguments>();
  const auto with_file = [&](CLI::App* command) {
    command->add_option("--passphrase-file", arguments->file, "read the passphrase from the first line of a file");
    return command;
  };

  auto* make = with_file(add_command(program, context, "init", "make the key ring of a new installation",
                                     "lindung init --data /var/lib/lindung"));
  make->callback([&context, arguments] { finish(context, init(context, arguments->file)); });

  auto* open = with_file(add_command(program, context, "unseal", "open the key ring of the running server",
                                     "lindung unseal --data /var/lib/lindung"));
  open->callback([&context, arguments] {
    auto secret = read_passphrase(arguments->file, "Passphrase");
    finish(context, secret.has_error() ? Result<json::value>{secret.error()}
                                       : call_server_raw(context, "unseal", std::string{as_text(secret.value())}));
  });

  auto* seal = add_command(program, context, "seal", "close the key ring: the server answers `sealed` from now on",
                           "lindung seal --data /var/lib/lindung");
  seal->callback([&context] { finish(context, call_server_raw(context, "seal", "")); });

  auto* group = program.add_subcommand("passphrase", "of the key ring");
  group->require_subcommand(1);
  auto* renew = with_file(add_command(*group, context, "change", "seal the key ring under another passphrase",
                                      "lindung passphrase change --data /var/lib/lindung"));
  renew->add_option("--new-passphrase-file", arguments->new_file, "read the new one from a file");
  renew->callback([&context, arguments] { finish(context, change(context, arguments->file, arguments->new_file)); });

  auto* rekey = add_command(program, context, "rekey", "a fresh master key and fresh row keys; old rows still open",
                            "lindung rekey --data /var/lib/lindung");
  rekey->callback([&context] { finish(context, call_server_raw(context, "rekey", "")); });
}

}  // namespace lindung::cli
