#include <termios.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "server/data_folder.h"
#include "store/durable_file.h"
#include "store/ring.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t passphrase_limit = 1024;

// One line from the terminal without echo, or from standard input when it is no terminal.
Result<SecretBytes> ask_passphrase(const char* prompt) {
  const bool is_terminal = ::isatty(STDIN_FILENO) == 1;
  termios before{};
  if (is_terminal) {
    std::fprintf(stderr, "%s: ", prompt);
    ::tcgetattr(STDIN_FILENO, &before);
    auto silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  SecretBytes line;
  for (int c = std::getchar(); c != EOF && c != '\n' && line.size() < passphrase_limit; c = std::getchar()) {
    line.push_back(static_cast<std::uint8_t>(c));
  }
  if (is_terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fprintf(stderr, "\n");
  }
  if (line.empty()) return fail(Errc::invalid_argument, "no passphrase was given");
  return line;
}

// From the file, its first line; else asked for.
Result<SecretBytes> passphrase(const std::string& file, const char* prompt) {
  if (file.empty()) return ask_passphrase(prompt);
  TRY(content, store::read_file(file, passphrase_limit));
  while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
  if (content.empty()) return fail(Errc::invalid_argument, file + " is empty");
  return content;
}

Result<json::value> init(const Context& context, const std::string& file) {
  const server::DataFolder folder{context.data_folder};
  TRYV(folder.create());
  TRY(secret, passphrase(file, "Passphrase of the new key ring"));
  TRYV(store::KeyRing::create(folder.ring(), secret, {}, SystemClock{}.now()));
  return json::object{{"ring", folder.ring()}};
}

Result<json::value> change(const Context& context, const std::string& old_file, const std::string& new_file) {
  TRY(old_one, passphrase(old_file, "Passphrase now"));
  TRY(new_one, passphrase(new_file, "New passphrase"));
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
    auto secret = passphrase(arguments->file, "Passphrase");
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
