#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/id.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/needed_witnesses.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "log/verifier.h"
#include "store/export_folder.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

// What the operator's data say of the answers in this log. Errors: conflict when the data are of another log, corrupt
// when an answer had no consent.
Result<json::value> check_consents(const Context& context, const log::VerifyReport& report) {
  TRY(found, call_server(context, "log/consents", {{"size", report.size}}));
  auto& consents = found.as_object();
  if (std::string_view{consents.at("root").as_string()} != codec::hex(report.root)) {
    return fail(Errc::conflict, "the server's data are of another log than this export");
  }
  if (const auto* first = consents.if_contains("first_violation")) {
    const auto& violation = first->as_object();
    return fail(Errc::corrupt, codec::to_text(consents.at("violations")) + " answers without a consent, the first at " +
                                   codec::to_text(violation.at("index")) + ": " +
                                   std::string{std::string_view{violation.at("why").as_string()}});
  }
  consents.erase("root");
  consents.erase("size");
  consents.erase("violations");
  return found;
}

Result<json::value> verify(const Context& context, const std::string& folder, const std::string& key,
                           const std::string& partner, bool with_consents, const NeededWitnesses& witnesses) {
  log::VerifyOptions options;
  TRY(keys, witnesses.keys());
  options.witnesses = std::move(keys);
  options.need = witnesses.needed();
  if (!key.empty()) {
    TRY(bytes, codec::from_hex(key));
    TRY(public_key, crypto::Ed25519PublicKey::from_bytes(bytes));
    options.key = public_key;
  }
  if (!partner.empty()) options.partner = PartnerId{partner};
  TRY(report, log::verify_export(store::export_folder(folder), options));
  json::object entries;
  for (std::size_t i = 0; i < report.entries.size(); ++i) {
    if (report.entries.at(i) != 0) entries[log::entry_type(i)] = report.entries.at(i);
  }
  json::object out{
      {"verified", true},
      {"origin", report.origin},
      {"size", report.size},
      {"root", codec::hex(report.root)},
      {"key", codec::hex(report.key.bytes())},
      {"key_from",
       key.empty() ? "the export itself: it vouches only for being unchanged since it was signed" : "the command line"},
      {"entries", std::move(entries)}};
  if (!options.witnesses.empty()) out["witnesses"] = seen_by_json(report.seen_by);
  if (!partner.empty()) {
    out["partner"] = partner;
    out["cut_index"] = report.cut_index ? json::value(*report.cut_index) : json::value(nullptr);
    out["last_answer_index"] = report.last_answer_index ? json::value(*report.last_answer_index) : json::value(nullptr);
    if (!report.cut_index) return fail(Errc::not_found, "the log holds no cut of " + partner);
  }
  if (with_consents) {
    TRY(consents, check_consents(context, report));
    out["consents"] = std::move(consents);
  }
  return out;
}

}  // namespace

void add_log_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string folder;
    std::string key;
    std::string partner;
    bool with_consents{};
    NeededWitnesses witnesses;
  };
  auto* group = program.add_subcommand("log", "the transparency log");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();

  auto* write = add_command(*group, context, "export", "write the published log into a new folder",
                            "lindung log export /tmp/lindung-log");
  write->add_option("folder", arguments->folder, "a new or empty folder")->required();
  write->callback([&context, arguments] {
    const auto folder = fs::absolute(arguments->folder).string();
    finish(context, call_server(context, "log/export", {{"folder", folder}}));
  });

  auto* status = add_command(*group, context, "status", "what is published, what is committed, and the anchor",
                             "lindung log status --json");
  status->callback([&context] { finish(context, call_server(context, "log/status", {})); });

  auto* check = add_command(*group, context, "verify", "check an exported log from end to end, offline",
                            "lindung log verify /tmp/lindung-log --cut gojek");
  check->add_option("folder", arguments->folder, "an exported log")->required()->check(CLI::ExistingDirectory);
  check->add_option("--key", arguments->key, "the log's Ed25519 public key, hex");
  check->add_option("--cut", arguments->partner, "prove that no answer follows this partner's cut");
  check->add_flag("--consents", arguments->with_consents,
                  "ask the server whether every answer in it had a consent then");
  arguments->witnesses.add_options(*check);
  check->callback([&context, arguments] {
    finish(context, verify(context, arguments->folder, arguments->key, arguments->partner, arguments->with_consents,
                           arguments->witnesses));
  });
}

}  // namespace lindung::cli
