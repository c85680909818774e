#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/text_input.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/hpke.h"
#include "domain/disclosure.h"
#include "http/client.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t key_file_limit = 256;

Result<json::value> make_key(const std::string& path) {
  const auto key = crypto::X25519PrivateKey::generate();
  auto line = codec::hex(key.bytes().view()) + "\n";
  const auto written = store::create_file(path, as_bytes(line));
  wipe(line.data(), line.size());
  if (written.has_error()) return written.error();
  return json::object{{"key", path}, {"public_key", codec::hex(key.public_key())}};
}

Result<crypto::X25519PrivateKey> read_key(const std::string& path) {
  TRY(content, store::read_file(path, key_file_limit));
  auto text = as_text(content);
  while (text.ends_with('\n')) text.remove_suffix(1);
  Secret<32> bytes;
  if (codec::from_hex(text, bytes.mutable_view()).has_error()) {
    return fail(Errc::malformed, path + ": 64 hex digits are needed");
  }
  return crypto::X25519PrivateKey::from_bytes(bytes);
}

Result<json::value> fetch_json(http::Client& client, const http::ClientRequest& request) {
  TRY(response, client.send(request));
  if (response.status != 200) return outcome::failure(problem_error(response));
  return codec::parse_json(response.body);
}

// The key is the gateway's word, unless it is given: who fears the gateway compares it with security.txt's elsewhere.
Result<json::value> send(const std::string& file, const std::string& url, const std::string& team_key) {
  TRY(content, store::read_file(file, domain::longest_disclosure));
  const std::string text{as_text(content)};
  TRY(parsed, http::parse_url(url));
  http::ClientOptions options;
  if (parsed.tls) options.tls = http::ClientTls{};
  TRY(client, http::Client::connect(parsed.endpoint, options));
  crypto::X25519PublicKey key{};
  if (team_key.empty()) {
    TRY(shown, fetch_json(client, {.method = "GET", .target = "/v1/disclosure/key", .fields = {}, .body = {}}));
    const auto* object = shown.if_object();
    const auto* member = object == nullptr ? nullptr : object->if_contains("public_key");
    if (member == nullptr || !member->is_string() || codec::from_base64url(member->get_string(), key).has_error()) {
      return fail(Errc::malformed, "the gateway shows no key of its team");
    }
  } else if (codec::from_hex(team_key, key).has_error()) {
    return fail(Errc::invalid_argument, "key: 64 hex digits are needed");
  }
  TRY(sealed, domain::seal_disclosure(key, text));
  TRY(told, fetch_json(client, {.method = "POST",
                                .target = "/v1/disclosure",
                                .fields = {{"Content-Type", "application/octet-stream"}},
                                .body = std::string{as_text(sealed)}}));
  return told;
}

Result<json::value> read(const Context& context, const std::string& id, const std::string& key_file) {
  TRY(key, read_key(key_file));
  TRY(told, call_server(context, "disclosure/read", {{"id", id}}));
  TRY(sealed, codec::from_base64(told.at("sealed").as_string()));
  TRY(text, domain::open_disclosure(key, sealed));
  return json::object{{"id", id}, {"text", std::move(text)}};
}

}  // namespace

void add_disclosure_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string id;
    std::string file;
    std::string url;
    std::string key;
    std::string text;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("disclosure", "the inbox for reports of weaknesses");
  group->require_subcommand(1);

  auto* make = add_command(*group, context, "key", "make the security team's key, on a machine of theirs",
                           "lindung disclosure key team.key");
  make->add_option("file", arguments->file, "a new file for the private half")->required();
  make->callback([&context, arguments] { finish(context, make_key(arguments->file)); });

  auto* post = add_command(*group, context, "send", "seal a report and send it to a gateway's inbox",
                           "lindung disclosure send report.txt --to https://gateway.example");
  post->add_option("file", arguments->file, "the report, up to 64 KiB of text")->required();
  post->add_option("--to", arguments->url, "the gateway")->required();
  post->add_option("--key", arguments->key, "the team's public key, hex; else as the gateway shows it");
  post->callback([&context, arguments] { finish(context, send(arguments->file, arguments->url, arguments->key)); });

  auto* list = add_command(*group, context, "list", "every message, its state and age, without what it says",
                           "lindung disclosure list --officer siti.key");
  list->callback([&context] { finish(context, call_server(context, "disclosure/list", {})); });

  auto* show = add_command(*group, context, "read", "open one message with the team's key; it counts as read from then",
                           "lindung disclosure read ID --key team.key --officer siti.key");
  show->add_option("id", arguments->id, "as the list has it")->required();
  show->add_option("--key", arguments->key, "the team's key file")->required();
  show->callback([&context, arguments] { finish(context, read(context, arguments->id, arguments->key)); });

  auto* answer = add_command(*group, context, "answer", "what the holder of the receipt is shown",
                             "lindung disclosure answer ID --text \"Fixed in 0.3\" --officer siti.key");
  answer->add_option("id", arguments->id, "as the list has it")->required();
  answer->add_option("--text", arguments->text, "up to 4096 bytes; -: standard input")->required();
  answer->callback([&context, arguments] {
    const auto text = text_input(arguments->text);
    finish(context, text.has_error()
                        ? Result<json::value>{text.error()}
                        : call_server(context, "disclosure/answer", {{"id", arguments->id}, {"text", text.value()}}));
  });

  auto* close = add_command(*group, context, "close", "delete a message; its state and answer stay for its sender",
                            "lindung disclosure close ID --officer siti.key");
  close->add_option("id", arguments->id, "as the list has it")->required();
  close->callback(
      [&context, arguments] { finish(context, call_server(context, "disclosure/close", {{"id", arguments->id}})); });
}

}  // namespace lindung::cli
