#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/closing_check.h"
#include "cli/closing_steps.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "codec/base_n.h"
#include "domain/closing_certificate.h"
#include "domain/ledger.h"
#include "server/ended_systems.h"
#include "server/listen.h"
#include "server/signals.h"
#include "server/stand_in.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct DecommissionArguments {
  std::string name;
  std::string kind;
  std::string system;
  std::string owner;
  std::string purpose;
  std::string retention;
  std::string successor;
  std::vector<std::string> places;
  std::string passphrase_file;
  std::string marks_file;
  std::string last_step;
  std::string output;
  std::string log_folder;
  std::string url;
  std::string log_key;
  std::string listen;
  std::string until;
  std::string folder;
  bool from_outside{};
  std::uint64_t cards{200};
};
using Arguments = DecommissionArguments;

Result<json::value> add(const Context& context, const Arguments& wanted) {
  json::object places;
  for (const auto& place : wanted.places) {
    const auto equals = place.find('=');
    if (equals == std::string::npos) return fail(Errc::invalid_argument, "--place NAME=VALUE");
    places[place.substr(0, equals)] = place.substr(equals + 1);
  }
  return call_server(context, "decommission/add",
                     {{"name", wanted.name},
                      {"kind", wanted.kind},
                      {"system", wanted.system},
                      {"owner", wanted.owner},
                      {"purpose", wanted.purpose},
                      {"retention", wanted.retention},
                      {"successor", wanted.successor},
                      {"places", std::move(places)}});
}

Result<json::value> plan(const Context& context, const std::string& name) {
  TRY(system, fetch_system(context, name));
  json::array steps;
  for (std::size_t i = 0; i < domain::closing_steps.size(); ++i) {
    const auto step = domain::closing_steps.at(i);
    const bool is_done = i < system.steps.size();
    for (const auto& line : plan_step(system, step)) {
      steps.emplace_back(json::object{{"step", domain::name_of(step)}, {"done", is_done}, {"what", line}});
    }
  }
  steps.emplace_back(json::object{{"step", "certificate"},
                                  {"done", false},
                                  {"what", "two officers sign what was found, and the log holds its digest"}});
  return json::object{{"system", name}, {"plan", std::move(steps)}};
}

// What an officer signs is what the server shows; it is read as a certificate's before it is signed.
Result<json::value> sign(const Context& context, const std::string& name) {
  TRY(shown, call_server(context, "decommission/certificate", {{"name", name}}));
  if (shown.at("closed").as_bool()) return shown;
  if (context.officer_file.empty()) return fail(Errc::denied, "the certificate takes two officers (--officer FILE)");
  TRY(officer, read_officer(context.officer_file));
  const std::string canonical{shown.at("canonical").as_string()};
  const auto signature = officer.key.sign(domain::signed_message(canonical));
  return call_server(context, "decommission/sign",
                     {{"name", name}, {"officer", officer.id}, {"signature", codec::hex(signature)}});
}

Result<json::value> run(const Context& context, const Arguments& wanted) {
  TRY(system, fetch_system(context, wanted.name));
  ClosingOptions options;
  if (system.steps.size() < domain::closing_steps.size()) {
    BOOST_OUTCOME_TRY(options, read_closing_options(system, wanted.passphrase_file, wanted.marks_file));
  }
  json::array done;
  for (std::size_t i = system.steps.size(); i < domain::closing_steps.size(); ++i) {
    const auto step = domain::closing_steps.at(i);
    const std::string step_name{domain::name_of(step)};
    auto made = make_step(system, step, options);
    if (made.has_error()) return fail(step_name, made.error());
    json::object findings;
    for (const auto& [name, value] : made.value()) findings[name] = value;
    TRYV(call_server(context, "decommission/record",
                     {{"name", wanted.name}, {"step", step_name}, {"findings", std::move(findings)}}));
    std::fprintf(stderr, "%s: done\n", step_name.c_str());
    done.emplace_back(step_name);
    TRY(now, fetch_system(context, wanted.name));
    system = std::move(now);
    if (step_name == wanted.last_step) return json::object{{"system", wanted.name}, {"done", std::move(done)}};
  }
  TRY(state, sign(context, wanted.name));
  json::object out{{"system", wanted.name}, {"done", std::move(done)}, {"closed", state.at("closed")}};
  if (!state.at("closed").as_bool()) {
    out["waits_for"] = "a second officer: lindung decommission run " + wanted.name + " --officer FILE";
    return out;
  }
  out["log_index"] = state.at("log_index");
  out["digest"] = state.at("digest");
  if (wanted.output.empty()) return out;
  TRYV(store::publish_file(wanted.output, as_bytes(std::string{state.at("certificate").as_string()})));
  out["certificate"] = wanted.output;
  return out;
}

// A file that is there, or the name of a system that the server knows.
struct Judged {
  domain::ClosingCertificate certificate;
  bool from_server{};
};
Result<Judged> read_judged(const Context& context, const std::string& name) {
  std::error_code error;
  if (fs::is_regular_file(name, error)) {
    TRY(content, store::read_file(name, domain::longest_certificate));
    TRY(certificate, domain::ClosingCertificate::read(as_text(content)));
    return Judged{.certificate = std::move(certificate), .from_server = false};
  }
  TRY(shown, call_server(context, "decommission/certificate", {{"name", name}}));
  if (!shown.at("closed").as_bool()) return fail(Errc::conflict, name + " is not closed yet");
  TRY(certificate, domain::ClosingCertificate::read(shown.at("certificate").as_string()));
  return Judged{.certificate = std::move(certificate), .from_server = true};
}

Result<json::value> verify(Context& context, const Arguments& wanted) {
  TRY(judged, read_judged(context, wanted.name));
  TRY(scratch, ScratchFolder::make());
  ClosingCheckOptions options{.log_folder = wanted.log_folder,
                              .url = wanted.url,
                              .log_key = wanted.log_key,
                              .passphrase = {},
                              .from_outside = wanted.from_outside};
  if (judged.from_server && options.log_folder.empty() && options.url.empty()) {
    options.log_folder = scratch.path() + "/log";
    TRYV(call_server(context, "log/export", {{"folder", options.log_folder}}));
  }
  if (!wanted.passphrase_file.empty()) {
    TRY(read, read_closing_options({}, wanted.passphrase_file, ""));
    options.passphrase = std::move(read.passphrase);
  }
  json::array checks;
  bool all_hold = true;
  for (const auto& check : check_closing(judged.certificate, options, SystemClock{}.now())) {
    all_hold = all_hold && check.holds;
    checks.emplace_back(json::object{
        {"check", check.what}, {"result", check.holds ? "holds" : "NO LONGER HOLDS"}, {"says", check.says}});
  }
  context.exit_status = all_hold ? 0 : 1;
  return json::object{{"system", judged.certificate.closing.system.name},
                      {"closed_at", rfc3339(judged.certificate.closing.closed_at())},
                      {"holds", all_hold},
                      {"checks", std::move(checks)}};
}

// Serves until SIGTERM: for the machine that the old address is on, where the gateway is on another.
Result<void> serve_tombstone(const Arguments& wanted) {
  const server::StopSignals signals;
  TRY(listen, server::parse_listen(wanted.listen));
  TRY(listener,
      server::start_tombstone(
          {.name = wanted.name, .successor = wanted.successor, .closed_at = SystemClock{}.now(), .hosts = {}}, listen));
  std::printf("410 on %s\n", wanted.listen.c_str());
  std::fflush(stdout);
  signals.wait();
  constexpr std::chrono::milliseconds patience{1'000};
  listener->stop(patience);
  return ok();
}

void add_ledger_group(CLI::App& group, Context& context, const std::shared_ptr<Arguments>& arguments) {
  auto* add_entry = add_command(group, context, "add", "write an entry into the ledger",
                                "lindung decommission add old-app-ring --kind key --system old-app --owner \"Data "
                                "centre\" --purpose \"seals rows\" --retention \"until closed\" --place "
                                "ring=/srv/old-app/ring --officer siti.key");
  add_entry->add_option("name", arguments->name, "[a-z0-9.-]{1,64}")->required();
  add_entry->add_option("--kind", arguments->kind, "store, service, key, certificate, domain, backup")->required();
  add_entry->add_option("--system", arguments->system, "the service that it is a part of");
  add_entry->add_option("--owner", arguments->owner, "the office that answers for it")->required();
  add_entry->add_option("--purpose", arguments->purpose, "what it is for")->required();
  add_entry->add_option("--retention", arguments->retention, "until when it is kept")->required();
  add_entry->add_option("--successor", arguments->successor, "what takes its place");
  add_entry->add_option(
      "--place", arguments->places,
      "NAME=VALUE, again for each: listener, pid-file, ring, passphrase-file, key-file, backup, marks, "
      "domain, registered-until, data, database");
  add_entry->callback([&context, arguments] { finish(context, add(context, *arguments)); });

  auto* list = add_command(group, context, "list", "the ledger: this installation's own parts, and what was entered",
                           "lindung decommission list --json");
  list->callback([&context] { finish(context, call_server(context, "decommission/list", {})); });

  auto* remind =
      add_command(group, context, "remind", "what is due now: domains to be registered anew; --until says that one was",
                  "lindung decommission remind ehac-legacy-domain --until 2028-03-01 --officer siti.key");
  remind->add_option("name", arguments->name, "a domain of the ledger");
  remind->add_option("--until", arguments->until, "the last day of its new registration")->needs("name");
  remind->callback([&context, arguments] {
    const bool is_renewal = !arguments->until.empty();
    finish(context, is_renewal ? call_server(context, "decommission/renew",
                                             {{"name", arguments->name}, {"until", arguments->until}})
                               : call_server(context, "decommission/reminders", {}));
  });
}

void add_closing_group(CLI::App& group, Context& context, const std::shared_ptr<Arguments>& arguments) {
  auto* show = add_command(group, context, "plan", "the steps that would close a system, and what each would do",
                           "lindung decommission plan ehac-legacy");
  show->add_option("name", arguments->name, "a service of the ledger")->required();
  show->callback([&context, arguments] { finish(context, plan(context, arguments->name)); });

  auto* close = add_command(group, context, "run",
                            "close a system, step by step; interrupted, it goes on; a second officer signs with it",
                            "lindung decommission run ehac-legacy --officer siti.key --output ehac-closed.json");
  close->add_option("name", arguments->name, "a service of the ledger")->required();
  close->add_option("--passphrase-file", arguments->passphrase_file, "of its rings; else where the ledger says");
  close->add_option("--marks", arguments->marks_file, "texts that no backup may hold, a line each");
  close->add_option("--up-to", arguments->last_step, "stop behind this step, such as keys-destroyed");
  close->add_option("--output", arguments->output, "where to write the closing certificate");
  close->callback([&context, arguments] { finish(context, run(context, *arguments)); });

  auto* check =
      add_command(group, context, "verify", "try again what a closing certificate says; for anybody, also years later",
                  "lindung decommission verify ehac-closed.json --log log-export --key HEX");
  check->add_option("name", arguments->name, "a closing certificate, or a system that the server knows")->required();
  check->add_option("--log", arguments->log_folder, "an exported log")->check(CLI::ExistingDirectory);
  check->add_option("--url", arguments->url, "a gateway, for its public log instead");
  check->add_option("--key", arguments->log_key, "the log's Ed25519 public key, hex");
  check->add_option("--passphrase-file", arguments->passphrase_file, "of the ring that was left, to open it");
  check->add_flag("--from-outside", arguments->from_outside, "not on the system's machine: leave out its files");
  check->callback([&context, arguments] { finish(context, verify(context, *arguments)); });
}

void add_serving_group(CLI::App& group, Context& context, const std::shared_ptr<Arguments>& arguments) {
  auto* tombstone = add_command(group, context, "tombstone",
                                "answer 410 for a closed system on an address of this machine, until SIGTERM",
                                "lindung decommission tombstone ehac-legacy --listen 0.0.0.0:80");
  tombstone->add_option("name", arguments->name, "the closed system")->required();
  tombstone->add_option("--listen", arguments->listen, "address and port")->required();
  tombstone->add_option("--successor", arguments->successor, "what took its place");
  tombstone->callback([&context, arguments] {
    const auto ended = serve_tombstone(*arguments);
    if (ended.has_error()) finish(context, ended.error());
  });

  auto* stand_in = add_command(group, context, "stand-in",
                               "serve a stand-in for the old e-HAC, with made-up cards, to rehearse its end",
                               "lindung decommission stand-in var/demo-ehac");
  stand_in->add_option("folder", arguments->folder, "its data folder; a demo looks for DIR-ehac")->required();
  stand_in->add_option("--listen", arguments->listen, "address and port; any free one without it");
  stand_in->add_option("--cards", arguments->cards, "how many travel cards to make up")->capture_default_str();
  stand_in->callback([&context, arguments] {
    const auto serve = [&]() -> Result<void> {
      server::StandInOptions options{.folder = arguments->folder, .listen = {}, .cards = arguments->cards};
      TRY(listen, server::parse_listen(arguments->listen.empty() ? "127.0.0.1:0" : arguments->listen));
      options.listen = listen;
      return server::run_stand_in(options);
    };
    const auto ended = serve();
    if (ended.has_error()) finish(context, ended.error());
  });
}

}  // namespace

void add_decommission_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("decommission", "what the operator keeps, and how systems end");
  group->require_subcommand(1);
  add_ledger_group(*group, context, arguments);
  add_closing_group(*group, context, arguments);
  add_serving_group(*group, context, arguments);
}

}  // namespace lindung::cli
