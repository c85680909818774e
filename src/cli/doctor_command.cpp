#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/demo_setting.h"
#include "cli/gateway_visit.h"
#include "cli/key_file.h"
#include "cli/partner_options.h"
#include "cli/partner_setting.h"
#include "cli/program.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "gateway/finding.h"
#include "gateway/request_check.h"
#include "http/client.h"
#include "server/demo.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t capture_limit = 1UL << 20U;

struct DoctorArguments {
  PartnerOptions gateway;
  std::string partner;
  std::string request_file;
  std::string body_file;
  std::string public_key;
  std::string sent_at;
  bool offline{};
};

std::string_view name_of(gateway::Verdict verdict) noexcept {
  switch (verdict) {
    case gateway::Verdict::good: return "good";
    case gateway::Verdict::wrong: return "wrong";
    case gateway::Verdict::unknown: return "note";
  }
  return "note";
}

json::object as_json(const gateway::Findings& findings) {
  json::array all;
  for (const auto& each : findings.all()) {
    json::object row{{"part", each.part}, {"verdict", name_of(each.verdict)}, {"found", each.found}};
    if (!each.mend.empty()) row["mend"] = each.mend;
    all.emplace_back(std::move(row));
  }
  return {{"healthy", !findings.has_wrong()}, {"findings", std::move(all)}};
}

void print_findings(const json::value& value) {
  for (const auto& each : value.at("findings").as_array()) {
    const auto& row = each.as_object();
    const auto text = [&](const char* name) { return std::string{row.at(name).as_string()}; };
    std::printf("%-6s %s: %s\n", text("verdict").c_str(), text("part").c_str(), text("found").c_str());
    if (row.contains("mend")) std::printf("       mend: %s\n", text("mend").c_str());
  }
  if (const auto* base = value.as_object().if_contains("signature_base")) {
    std::printf("\nThe gateway verifies the signature over these bytes (no line end behind the last line):\n%s\n",
                std::string{base->as_string()}.c_str());
  }
}

// The partner's own view of itself and of the gateway, from wherever it was named.
Result<Visitor> visitor_of(const Context& context, DoctorArguments& arguments) {
  TRYV(complete_options(arguments.gateway));
  auto& options = arguments.gateway;
  if (!arguments.partner.empty()) options.partner = arguments.partner;
  if (options.url.empty()) {
    TRY(demo,
        read_demo_setting(server::demo_file_of(context.data_folder),
                          {.partner = options.partner, .link = {}, .door = {}, .seals = false}, SystemClock{}.now()));
    const auto pact = demo.setting.partner.pact_digest;
    return Visitor{.setting = std::move(demo.setting), .pact = pact, .pinned = {}};
  }
  TRY(url, http::parse_url(options.url));
  TRY(pinned, pinned_key_of(options));
  TRY(key, read_signing_key(options.key_file));
  return Visitor{.setting = {.url = options.url,
                             .tls = tls_of(options, url),
                             .authority = url.authority,
                             .partner = {.partner = PartnerId{options.partner},
                                         .epoch = options.epoch,
                                         .key_id = KeyId{options.key_id},
                                         .signing_key = key,
                                         .pact_digest = {}},
                             .gateway = {}},
                 .pact = {},
                 .pinned = pinned};
}

Result<json::value> examine_gateway(Context& context, DoctorArguments& arguments) {
  TRY(visitor, visitor_of(context, arguments));
  const auto visit = visit_gateway(visitor, true);
  if (!visit.is_reached) context.exit_status = no_server;
  return as_json(visit.findings);
}

Result<gateway::CapturedRequest> read_request(const DoctorArguments& arguments) {
  TRY(content, store::read_file(arguments.request_file, capture_limit));
  TRY(request, gateway::parse_captured(as_text(content)));
  if (!arguments.body_file.empty()) {
    TRY(body, store::read_file(arguments.body_file, capture_limit));
    request.body.assign(body.begin(), body.end());
  }
  return request;
}

// What the request is held to: as much as was named. The gateway is asked for its keys, and for nothing else.
Result<gateway::PartnerTruth> truth_of(const Context& context, DoctorArguments& arguments) {
  gateway::PartnerTruth truth{.sent_at = SystemClock{}.now()};
  if (!arguments.sent_at.empty()) {
    TRY(at, parse_rfc3339(arguments.sent_at));
    truth.sent_at = at;
  }
  if (!arguments.public_key.empty()) {
    TRY(bytes, codec::from_hex(arguments.public_key));
    TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
    truth.signing_key = key;
  }
  if (arguments.offline) return truth;
  TRY(visitor, visitor_of(context, arguments));
  auto visit = visit_gateway(visitor, false);
  truth.authority = visitor.setting.authority;
  truth.key_id = visitor.setting.partner.key_id.value();
  if (!truth.signing_key) truth.signing_key = visitor.setting.partner.signing_key.public_key();
  truth.directory = std::move(visit.directory);
  return truth;
}

Result<json::value> examine_request(const Context& context, DoctorArguments& arguments) {
  TRY(request, read_request(arguments));
  TRY(truth, truth_of(context, arguments));
  const auto report = gateway::check_request(request, truth);
  auto out = as_json(report.findings);
  if (report.findings.has_wrong() && !report.signature_base.empty()) out["signature_base"] = report.signature_base;
  return out;
}

}  // namespace

void add_doctor_command(CLI::App& partner, Context& context) {
  const auto arguments = std::make_shared<DoctorArguments>();
  auto* command =
      add_command(partner, context, "doctor",
                  "say what is wrong with a partner's way to the gateway, or with a request that was refused",
                  "lindung partner doctor --config gojek.toml\n"
                  "  lindung partner doctor --partner gojek\n"
                  "  lindung partner doctor --config gojek.toml --request refused.http\n"
                  "  lindung partner doctor --request refused.http --public-key HEX");
  command->add_option("--partner", arguments->partner, "who asks");
  add_gateway_options(*command, arguments->gateway);
  auto* request =
      command->add_option("--request", arguments->request_file,
                          "file of a captured request, head and body as they were sent; nothing is sent again");
  command->add_option("--body", arguments->body_file, "file of its body, where --request holds the head only")
      ->needs(request);
  command->add_option("--public-key", arguments->public_key, "that the signature is verified with, hex")
      ->needs(request);
  command
      ->add_option("--sent-at", arguments->sent_at, "when it was sent (RFC 3339), by a clock that is right; else now")
      ->needs(request);
  command->callback([&context, arguments] {
    const bool names_gateway = !arguments->gateway.file.empty() || !arguments->gateway.url.empty();
    arguments->offline = !names_gateway && arguments->partner.empty();
    if (arguments->offline && arguments->request_file.empty()) {
      throw CLI::RequiredError("--config, --url, --partner or --request");
    }
    const auto result =
        arguments->request_file.empty() ? examine_gateway(context, *arguments) : examine_request(context, *arguments);
    finish(context, result, print_findings);
    if (result.has_value() && context.exit_status == done && !result.value().at("healthy").as_bool()) {
      context.exit_status = negative;
    }
  });
}

}  // namespace lindung::cli
