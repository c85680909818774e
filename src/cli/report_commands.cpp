#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "cli/partner_options.h"
#include "cli/partner_setting.h"
#include "codec/base_n.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "gateway/report_client.h"
#include "gateway/report_door.h"
#include "gateway/report_identity.h"
#include "http/client.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t key_file_limit = 4'096;

struct ReportArguments {
  PartnerOptions gateway;
  std::string id;
  std::string receipt;
  std::vector<std::string> codes;
  std::string onset;
  std::string age{"unknown"};
  std::string district;
  gateway::ReportedIdentity identity;
  bool has_consent{};
};

// "icd10:J11", "snomed:6142004".
Result<domain::SyndromeCode> parse_code(std::string_view text) {
  const auto colon = text.find(':');
  const auto system = text.substr(0, colon);
  if (colon == std::string_view::npos || (system != "icd10" && system != "snomed")) {
    return fail(Errc::invalid_argument, "--code: icd10:J11 or snomed:6142004");
  }
  return domain::SyndromeCode{.system = system == "icd10" ? domain::CodeSystem::icd_10 : domain::CodeSystem::snomed_ct,
                              .code = std::string{text.substr(colon + 1)}};
}

Result<domain::Report> make_report(const ReportArguments& arguments, domain::ReportOperation operation,
                                   const gateway::ReportDirectory& directory, Moment now) {
  domain::Report report{.operation = operation,
                        .id = domain::ReportId{crypto::random_bytes<16>()},
                        .receipt = {},
                        .onset = {},
                        .age = {},
                        .district = arguments.district,
                        .codes = {},
                        .identity = {}};
  if (!arguments.id.empty()) {
    ByteArray<16> id{};
    TRYV(codec::from_hex(arguments.id, id));
    report.id = domain::ReportId{id};
  }
  if (!arguments.receipt.empty()) {
    ByteArray<32> receipt{};
    TRYV(codec::from_hex(arguments.receipt, receipt));
    report.receipt = domain::Receipt{receipt};
  }
  for (const auto& text : arguments.codes) {
    TRY(code, parse_code(text));
    report.codes.push_back(std::move(code));
  }
  TRY(age, domain::parse_age_band(arguments.age));
  report.age = age;
  if (operation == domain::ReportOperation::create) {
    report.onset = day_of(now);
    if (!arguments.onset.empty()) {
      TRY(onset, parse_rfc3339(arguments.onset + "T00:00:00Z"));
      report.onset = day_of(onset);
    }
  }
  if (arguments.has_consent) {
    TRY(health, directory.health_office(arguments.district));
    TRY(second, directory.second_office());
    TRY(sealed, gateway::seal_identity(health.public_key, second.public_key, arguments.identity));
    report.identity = sealed;
    if (operation == domain::ReportOperation::add) report.district.clear();  // it names the office; the report has one
  }
  TRYV(domain::check(report, now));
  return report;
}

Result<json::value> send(const ReportArguments& given, domain::ReportOperation operation) {
  auto arguments = given;
  TRYV(complete_options(arguments.gateway));
  const auto now = SystemClock{}.now();
  TRY(url, http::parse_url(arguments.gateway.url));
  TRY(pinned, pinned_key_of(arguments.gateway));
  if (!pinned) return fail(Errc::denied, "--directory-key is needed: nothing else vouches for the gateway's keys");
  TRY(signing_key, read_signing_key(arguments.gateway.key_file));
  TRY(client, connect_to(arguments.gateway.url, tls_of(arguments.gateway, url)));
  TRY(document, client.send({.target = "/.well-known/lindung-keys"}));
  if (document.status != 200) return outcome::failure(problem_error(document));
  TRY(directory, gateway::open_report_directory(document.body, pinned));
  TRY(key, directory.key_at(now));
  TRY(report, make_report(arguments, operation, directory, now));
  TRY(sealed, gateway::seal_report({.key_id = KeyId{arguments.gateway.key_id}, .signing_key = signing_key}, key,
                                   url.authority, report, now));
  TRY(response, client.send({.method = "POST",
                             .target = std::string{gateway::report_envelope.signature.path},
                             .fields = sealed.fields,
                             .body = std::string{as_text(sealed.body)}}));
  if (response.status != 200) return outcome::failure(problem_error(response));
  TRY(answer, gateway::open_report_answer(sealed, as_bytes(response.body)));
  json::object out{{"outcome", domain::name_of(answer.outcome)},
                   {"stage", domain::name_of(answer.stage)},
                   {"report_id", codec::hex(report.id.bytes())},
                   {"receipt", codec::hex(answer.receipt.bytes())}};
  if (answer.identity_opened_at) out["identity_opened_at"] = rfc3339(*answer.identity_opened_at);
  return out;
}

using Shared = std::shared_ptr<ReportArguments>;

void add_sending(CLI::App& command, Context& context, const Shared& arguments, domain::ReportOperation operation) {
  add_gateway_options(command, arguments->gateway);
  if (operation != domain::ReportOperation::create) {
    command.add_option("--receipt", arguments->receipt, "what the report was answered with, hex")->required();
  }
  command.callback([&context, arguments, operation] {
    const auto answer = send(*arguments, operation);
    finish(context, answer);
    if (answer.has_value() && answer.value().at("outcome") == "unknown") context.exit_status = 1;
  });
}

void add_content(CLI::App& command, const Shared& arguments) {
  command.add_option("--code", arguments->codes, "icd10:J11 or snomed:6142004; up to eight times");
  command.add_option("--district", arguments->district, "four digits: 3174");
  auto* nik = command.add_option("--nik", arguments->identity.nik, "of the person, with their consent only");
  auto* name = command.add_option("--name", arguments->identity.name, "likewise");
  auto* phone = command.add_option("--phone", arguments->identity.phone, "likewise");
  auto* consent = command.add_flag("--consent", arguments->has_consent,
                                   "the person agreed: the identity is sealed for two offices that open it together");
  nik->needs(consent);
  name->needs(consent);
  phone->needs(consent);
}

Result<crypto::X25519PrivateKey> read_office_key(const std::string& path) {
  TRY(content, store::read_file(path, key_file_limit));
  auto text = as_text(content);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  Secret<32> bytes;
  TRYV(codec::from_hex(text, bytes.mutable_view()));
  return crypto::X25519PrivateKey::from_bytes(bytes);
}

struct OpenArguments {
  std::string report;
  std::string office;
  std::string second;
  std::string approval;
  std::string key_file;
  std::string input;
  std::string output;
  std::string case_number;
};

// The health office's step: asks the server, which writes it into the log first, and opens the outer seal.
Result<json::value> open_first(const Context& context, const OpenArguments& arguments) {
  TRY(key, read_office_key(arguments.key_file));
  TRY(answer,
      arguments.approval.empty()
          ? call_server(context, "report/open",
                        {{"report", arguments.report}, {"office", arguments.office}, {"second", arguments.second}})
          : call_server(context, "approve", {{"approval", arguments.approval}}));
  const auto* sealed = answer.as_object().if_contains("identity");
  if (sealed == nullptr) return answer;  // waits for one more officer
  TRY(outer, codec::from_hex(sealed->as_string()));
  TRY(inner, gateway::open_layer(key, outer));
  TRYV(store::create_file(arguments.output, as_bytes(codec::hex(inner) + "\n")));
  return json::object{{"report", answer.at("report")}, {"file", arguments.output}, {"next", "the second office"}};
}

// The second office's step, and what the person is told.
Result<json::value> open_second(const Context& context, const OpenArguments& arguments) {
  TRY(key, read_office_key(arguments.key_file));
  TRY(content, store::read_file(arguments.input, key_file_limit));
  auto text = as_text(content);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  TRY(inner, codec::from_hex(text));
  TRY(plaintext, gateway::open_layer(key, inner));
  TRY(identity, gateway::read_identity(plaintext));
  json::object out{{"nik", identity.nik}, {"name", identity.name}, {"phone", identity.phone}, {"told", "by receipt"}};
  if (!identity.nik.empty()) {
    json::object call{{"report", arguments.report}, {"office", arguments.office}, {"nik", identity.nik}};
    if (!arguments.case_number.empty()) call["case_number"] = arguments.case_number;
    TRY(told, call_server(context, "report/tell", call));
    out["told"] = told.at("told");
  }
  return out;
}

void add_opening(CLI::App& group, Context& context) {
  const auto arguments = std::make_shared<OpenArguments>();
  auto* open =
      add_command(group, context, "open", "the health office's step to an identity; two officers, logged first",
                  "lindung report open HEX --office dinkes-3174 --second ombudsman --office-key dinkes.key "
                  "--output half-open");
  open->add_option("report", arguments->report, "as triage shows it, hex")->required();
  open->add_option("--office", arguments->office, "the health office")->required();
  open->add_option("--second", arguments->second, "the second office")->required();
  open->add_option("--office-key", arguments->key_file, "the health office's key file; it goes nowhere")->required();
  open->add_option("--approval", arguments->approval, "finishes what another officer asked for");
  open->add_option("--output", arguments->output, "new file for the second office")->required();
  open->callback([&context, arguments] { finish(context, open_first(context, *arguments)); });

  auto* second = add_command(group, context, "open-second", "the second office's step: shows who it is, and tells them",
                             "lindung report open-second HEX --office dinkes-3174 --input half-open --office-key "
                             "ombudsman.key");
  second->add_option("report", arguments->report, "as triage shows it, hex")->required();
  second->add_option("--office", arguments->office, "the health office")->required();
  second->add_option("--input", arguments->input, "what the health office's step wrote")->required();
  second->add_option("--office-key", arguments->key_file, "the second office's key file; it goes nowhere")->required();
  second->add_option("--case", arguments->case_number, "also trace the contacts of the person, under this case number");
  second->callback([&context, arguments] { finish(context, open_second(context, *arguments)); });
}

}  // namespace

void add_report_commands(CLI::App& program, Context& context) {
  auto* group =
      program.add_subcommand("report", "a suspected case: the reporter's end, and the offices' to an identity");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<ReportArguments>();
  const std::string ends =
      " --url https://gateway.example --directory-key HEX --key halosehat.key --key-id halosehat.1";

  auto* sending = add_command(*group, context, "send", "report a suspected case; keeps no name",
                              "lindung report send --code icd10:J11 --district 3174 --age 15-44" + ends);
  add_content(*sending, arguments);
  sending->add_option("--onset", arguments->onset, "day of the first symptom: 2026-11-20; today unless given");
  sending->add_option("--age", arguments->age, "0-4, 5-14, 15-44, 45-64, 65+ or unknown")->capture_default_str();
  sending->add_option("--report-id", arguments->id, "16 random bytes in hex, to send the same report again");
  add_sending(*sending, context, arguments, domain::ReportOperation::create);

  auto* adding = add_command(*group, context, "add", "add codes or a consent to a report",
                             "lindung report add --receipt HEX --code icd10:J18.9" + ends);
  add_content(*adding, arguments);
  add_sending(*adding, context, arguments, domain::ReportOperation::add);

  auto* withdrawing = add_command(*group, context, "withdraw", "take a report back: nothing of it stays",
                                  "lindung report withdraw --receipt HEX" + ends);
  add_sending(*withdrawing, context, arguments, domain::ReportOperation::withdraw);

  auto* status = add_command(*group, context, "status", "how far a report is, and whether its identity was opened",
                             "lindung report status --receipt HEX" + ends);
  add_sending(*status, context, arguments, domain::ReportOperation::status);
  add_opening(*group, context);
}

}  // namespace lindung::cli
