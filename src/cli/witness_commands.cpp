#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "codec/base_n.h"
#include "http/server.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "server/listen.h"
#include "server/signals.h"
#include "witness/witness.h"
#include "witness/witness_folder.h"
#include "witness/witness_routes.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds stop_patience{5'000};

struct Arguments {
  std::string folder;
  std::string name;
  std::string listen{"127.0.0.1:8090"};
  std::vector<std::string> logs;
  std::string certificate;
  std::string key;
};

Result<json::value> init(const std::string& folder, const std::string& name) {
  TRY(key, witness::WitnessFolder{folder}.create(name));
  return json::object{{"folder", folder}, {"witness", key.name()}, {"verifier_key", key.text()}};
}

// "VKEY", or "ORIGIN=VKEY", where the origin must be the key's own name.
Result<log::VerifierKey> parse_log(std::string_view text) {
  const auto equals = text.rfind('=');
  if (equals == std::string_view::npos) return log::VerifierKey::parse(text);
  TRY(key, log::VerifierKey::parse(text.substr(equals + 1)));
  if (key.name() != text.substr(0, equals)) {
    return fail(Errc::invalid_argument, "the key's name is not the origin that stands before it");
  }
  return key;
}

Result<void> run_witness(const Arguments& arguments) {
  const server::StopSignals signals;
  std::vector<log::VerifierKey> logs;
  for (const auto& text : arguments.logs) {
    auto key = parse_log(text);
    if (key.has_error()) return fail("--log", key.error());
    logs.push_back(std::move(key).value());
  }
  TRY(listen, server::parse_listen(arguments.listen));
  const SystemClock clock;
  TRY(watching, witness::Witness::open(arguments.folder, clock, logs));
  http::ServerOptions options{.address = listen.address, .port = listen.port, .io_threads = 1};
  if (!arguments.certificate.empty()) {
    options.tls = http::TlsFiles{.certificate_chain = arguments.certificate, .private_key = arguments.key};
  }
  TRY(served, http::Server::start(options, witness::witness_router(*watching)));
  const auto host = listen.address.find(':') == std::string::npos ? listen.address : "[" + listen.address + "]";
  std::printf("listening on %s://%s:%u\nverifier key %s\n", arguments.certificate.empty() ? "http" : "https",
              host.c_str(), static_cast<unsigned>(served->port()), watching->key().text().c_str());
  std::fflush(stdout);
  signals.wait();
  served->stop(stop_patience);
  return ok();
}

json::object checkpoint_json(const log::Checkpoint& checkpoint) {
  return {{"size", checkpoint.size}, {"root", codec::hex(checkpoint.root)}};
}

Result<json::value> witness_status(const std::string& folder) {
  const witness::WitnessFolder files{folder};
  TRY(identity, files.identity());
  TRY(states, files.states(identity.key));
  json::array logs;
  for (const auto& note : states) {
    TRY(checkpoint, log::parse_checkpoint_text(note.text));
    TRY(at, log::cosigned_at(note, identity.key));
    auto row = checkpoint_json(checkpoint);
    row["log"] = checkpoint.origin;
    row["cosigned_at"] = at ? json::value(rfc3339(*at)) : json::value(nullptr);
    row["path"] = "/checkpoint/" + witness::log_name(checkpoint.origin);
    logs.emplace_back(std::move(row));
  }
  TRY(findings, files.findings());
  json::array found;
  for (const auto& each : findings) {
    found.emplace_back(json::object{{"kind", witness::name_of(each.kind)},
                                    {"log", each.origin},
                                    {"cosigned_size", each.cosigned.size},
                                    {"cosigned_root", codec::hex(each.cosigned.root)},
                                    {"shown_size", each.shown.size},
                                    {"shown_root", codec::hex(each.shown.root)},
                                    {"folder", each.path}});
  }
  return json::object{{"witness", identity.key.name()},
                      {"verifier_key", identity.key.text()},
                      {"logs", std::move(logs)},
                      {"findings", std::move(found)}};
}

}  // namespace

void add_witness_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("witness", "watch a log for its operator and everybody else");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();

  auto* init_command = add_command(*group, context, "init", "make the key of a witness in a new folder",
                                   "lindung witness init /var/lib/witness --name witness.example/w1");
  init_command->add_option("folder", arguments->folder, "a new folder")->required();
  init_command->add_option("--name", arguments->name, "a name for the key, such as a URL without its scheme")
      ->required();
  init_command->callback([&context, arguments] { finish(context, init(arguments->folder, arguments->name)); });

  auto* run_command = add_command(*group, context, "run", "cosign the checkpoints that continue the one before",
                                  "lindung witness run /var/lib/witness --listen 127.0.0.1:8090 "
                                  "--log \"$(cat log-key)\"");
  run_command->add_option("folder", arguments->folder, "made by witness init")->required();
  run_command->add_option("--listen", arguments->listen, "address and port; port 0: any free one")
      ->capture_default_str();
  run_command->add_option("--log", arguments->logs, "the verifier key of a log (its log-key file), or ORIGIN=KEY")
      ->required();
  auto* certificate = run_command->add_option("--tls-certificate", arguments->certificate, "PEM file; then TLS 1.3")
                          ->check(CLI::ExistingFile);
  auto* key = run_command->add_option("--tls-key", arguments->key, "PEM file")->check(CLI::ExistingFile);
  certificate->needs(key);
  key->needs(certificate);
  run_command->callback([&context, arguments] {
    const auto ended = run_witness(*arguments);
    if (ended.has_error()) finish(context, ended.error());
  });

  auto* status = add_command(*group, context, "status", "what was cosigned last, and what a log should not have signed",
                             "lindung witness status /var/lib/witness --json");
  status->add_option("folder", arguments->folder, "made by witness init")->required();
  status->callback([&context, arguments] {
    const auto result = witness_status(arguments->folder);
    finish(context, result);
    if (result.has_value() && !result.value().at("findings").as_array().empty()) context.exit_status = 1;
  });
}

}  // namespace lindung::cli
