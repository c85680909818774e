// `lindung verify`: is this health certificate genuine, valid and of somebody who may issue it? Offline.
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/acceptance.h"
#include "cert/certificate_facts.h"
#include "cert/country.h"
#include "cert/reason.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verdict_json.h"
#include "cert/verified_certificate.h"
#include "cert/verify.h"
#include "cli/certificate_input.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/program.h"
#include "cli/verify_lines.h"
#include "codec/json.h"
#include "domain/colour.h"
#include "domain/derive.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "service/trust_folder.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t rule_limit = std::size_t{4} << 20U;

struct VerifyArguments {
  std::string text;
  std::string at;
  std::string trust;
  std::string rules;
  std::string arrival;
  bool ndjson{};
};

Result<std::shared_ptr<const cert::TrustStore>> trust_of(const VerifyArguments& arguments, const Context& context) {
  auto folder = arguments.trust;
  std::error_code error;
  const auto own = context.data_folder + "/trust";
  if (folder.empty() && std::filesystem::is_directory(own, error)) folder = own;
  if (folder.empty()) return std::make_shared<const cert::TrustStore>();
  TRY(read, service::read_trust_folder(folder));
  return std::make_shared<const cert::TrustStore>(std::move(read.store));
}

// All rules and value sets below a folder; other files are passed over.
Result<cert::Travel> travel_of(const VerifyArguments& arguments) {
  cert::Travel out{.rules = {}, .arrival = cert::country_of(arguments.arrival)};
  std::error_code error;
  for (const auto& each : std::filesystem::recursive_directory_iterator{
           arguments.rules, std::filesystem::directory_options::skip_permission_denied, error}) {
    if (each.path().extension() != ".json") continue;
    TRY(content, store::read_file(each.path().string(), rule_limit));
    const auto document = codec::parse_json(as_text(content), {.bytes = rule_limit, .depth = 64});
    if (document) static_cast<void>(out.rules.add(document.value()));
  }
  if (out.rules.size() == 0) return fail(Errc::not_found, "no rules of acceptance in " + arguments.rules);
  return out;
}

// On a terminal that has colours, unless somebody wants none (no-color.org).
std::string in_colour(cert::Outcome outcome, const std::string& text) {
  if (::isatty(STDOUT_FILENO) != 1 || std::getenv("NO_COLOR") != nullptr)
    return text;  // NOLINT(concurrency-mt-unsafe): one thread
  const auto* const code = outcome == cert::Outcome::valid     ? "\x1b[32m"
                           : outcome == cert::Outcome::invalid ? "\x1b[31m"
                                                               : "\x1b[33m";
  return code + text + "\x1b[0m";
}

// What the rules of this program make of the facts of a valid certificate and nothing else; empty: it has no facts that
// we have words for.
std::string colour_of(const cert::Examination& examined, Moment at) {
  if (!examined.certificate) return {};
  const auto facts = cert::facts_of(*examined.certificate, at);
  const auto rules = domain::RuleSet::built_in();
  if (!facts || !rules) return {};
  std::vector<domain::Record> records;
  for (const auto& fact : facts.value().facts) {
    const auto number = std::to_string(records.size());
    records.push_back({.id = domain::record_id({}, number), .issuer = {}, .batch = {}, .entered_at = at, .fact = fact});
  }
  domain::Assessor assessor{rules.value()};
  assessor.load(domain::to_json(records));
  const auto assessed = assessor.at(at);
  return assessed ? std::string{domain::name_of(assessed.value().colour)} : std::string{};
}

void print_verdict(const cert::Verdict& verdict, const std::string& colour) {
  std::string line{cert::name_of(verdict.outcome)};
  if (verdict.reason) {
    line += ": " + std::string{cert::words_of(*verdict.reason)} + " (" + std::string{cert::name_of(*verdict.reason)};
    if (!verdict.detail.empty()) line += ": " + verdict.detail;
    line += ")";
  }
  std::printf("%s\n", in_colour(verdict.outcome, line).c_str());
  std::printf("format: %s\n", std::string{cert::name_of(verdict.format)}.c_str());
  if (!verdict.content.empty()) std::printf("content: %s\n", verdict.content.c_str());
  if (!verdict.issuer.empty()) std::printf("issuer: %s\n", verdict.issuer.c_str());
  if (!verdict.holder.empty()) {
    const auto born = verdict.birth_year == 0 ? std::string{} : ", born " + std::to_string(verdict.birth_year);
    std::printf("compare with the identity card: %s%s\n", verdict.holder.c_str(), born.c_str());
  } else if (!verdict.subject_initials.empty()) {
    std::printf("holder: %s\n", verdict.subject_initials.c_str());
  }
  if (verdict.expires) std::printf("until: %s\n", rfc3339(*verdict.expires).c_str());
  if (!colour.empty()) std::printf("colour: %s, by this certificate alone\n", colour.c_str());
  for (const auto& each : verdict.steps) {
    std::printf("  %s %s\n", each.passed ? "passed" : "failed", std::string{cert::name_of(each.step)}.c_str());
  }
}

Result<void> verify_command(const VerifyArguments& arguments, Context& context) {
  auto at = SystemClock{}.now();
  if (!arguments.at.empty()) {
    TRY(given, parse_rfc3339(arguments.at));
    at = given;
  }
  TRY(trust, trust_of(arguments, context));
  if (arguments.ndjson) {
    if (!answer_lines(trust, at)) return fail(Errc::io, "the answers could not be written");
    return ok();
  }
  std::optional<cert::Travel> travel;
  const cert::Travel* entering = nullptr;
  if (!arguments.rules.empty()) {
    TRY(read, travel_of(arguments));
    travel = std::move(read);
    entering = &*travel;
  } else if (!arguments.arrival.empty()) {
    entering = &cert::own_travel();
    if (cert::country_of(arguments.arrival) != entering->arrival) {
      return fail(Errc::invalid_argument, "rules of another country than ID are given by --rules");
    }
  }
  TRY(text, certificate_text(arguments.text));
  const auto verdict = cert::verify(text, *trust, at, entering);
  if (context.json) {
    std::printf("%s\n", codec::to_text(cert::verdict_json(verdict, nullptr)).c_str());
  } else {
    const bool is_valid = verdict.outcome == cert::Outcome::valid;
    print_verdict(verdict, is_valid ? colour_of(cert::examine(text, *trust, at), at) : std::string{});
  }
  if (verdict.outcome != cert::Outcome::valid) context.exit_status = negative;
  return ok();
}

}  // namespace

void add_verify_command(CLI::App& program, Context& context) {
  auto* command =
      add_command(program, context, "verify",
                  "verify a health certificate of any nation, offline: valid, invalid with its reason, or unsupported",
                  "lindung verify --trust trust/ 'HC1:…'");
  const auto arguments = std::make_shared<VerifyArguments>();
  auto* text = command->add_option(
      "text", arguments->text,
      "the text of the code, a file with it or with its picture (PNG, JPEG, PDF), or - for standard input");
  command->add_option("--at", arguments->at, "the moment to verify at, RFC 3339; now without it")->type_name("TIME");
  command->add_option("--trust", arguments->trust, "folder of trusted signers; else trust/ of the data folder")
      ->type_name("DIR");
  auto* rules =
      command->add_option("--rules", arguments->rules, "folder of rules of acceptance and value sets, as JSON")
          ->type_name("DIR");
  auto* arrival = command
                      ->add_option("--arrival", arguments->arrival,
                                   "country whose rules are held against it; ID has its own, others come by --rules")
                      ->type_name("CC");
  rules->needs(arrival);
  auto* lines = command->add_flag("--ndjson", arguments->ndjson, "questions line by line from standard input, as JSON");
  text->excludes(lines);
  rules->excludes(lines);
  arrival->excludes(lines);
  command->callback([arguments, text, lines, &context] {
    if (text->count() == 0 && lines->count() == 0) throw CLI::RequiredError("text");
    const auto done = verify_command(*arguments, context);
    if (done.has_error()) finish(context, Result<json::value>{done.error()});
  });
}

}  // namespace lindung::cli
