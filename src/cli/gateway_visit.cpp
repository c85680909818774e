#include "cli/gateway_visit.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/problem_help.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/context.h"
#include "cli/partner_setting.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "gateway/finding.h"
#include "gateway/key_directory.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "http/client.h"

namespace lindung::cli {

namespace {

using gateway::Findings;

constexpr std::int64_t lag_limit = 58;   // of our clock: created may be 60 s old, the Date field is cut to a second
constexpr std::int64_t lead_limit = 28;  // created may be 30 s ahead
constexpr std::int64_t worth_a_word = 5;
constexpr std::uint64_t epochs_tried = 64;
constexpr std::string_view clock_mend =
    "Keep this machine's clock by a time service (chrony, systemd-timesyncd); what signs must be right to 30 s.";

// What a problem document says; nothing for another body.
struct Told {
  std::string name;
  std::string detail;
  std::optional<std::int64_t> server_time;
  std::optional<std::int64_t> cut_index;
  std::string retry_after;
};

Told told_by(const http::ClientResponse& response) {
  Told told;
  const auto error = problem_error(response);
  told.name = name_of(error.code);
  told.detail = error.detail;
  told.retry_after = response.field("Retry-After").value_or("");
  const auto body = codec::parse_json(response.body);
  if (body.has_error() || !body.value().is_object()) return told;
  const auto& object = body.value().get_object();
  const auto number = [&](std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? std::optional{value->get_int64()} : std::nullopt;
  };
  told.server_time = number("server_time");
  told.cut_index = number("cut_log_index");
  return told;
}

std::string mend_of(const std::string& name, unsigned status) {
  const auto* help = api::find_help(name, status);
  return help == nullptr ? "Is this a Lindung gateway, with nothing between that answers for it?"
                         : std::string{help->mend};
}

// The Date field (RFC 9110 section 5.6.7), Unix seconds.
std::optional<std::int64_t> date_of(const http::ClientResponse& response) {
  const auto field = response.field("Date");
  if (!field) return {};
  std::tm parts{};
  const std::string text{*field};
  const auto* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return {};
  return ::timegm(&parts);
}

void judge_clock(std::int64_t ahead, Findings& findings) {
  const auto by = std::to_string(std::abs(ahead)) + " s";
  const auto found = ahead == 0 ? "is the gateway's, to a second"
                                : "is " + by + (ahead > 0 ? " ahead of the gateway's" : " behind the gateway's");
  if (ahead > lead_limit || ahead < -lag_limit) return findings.wrong("clock", found, std::string{clock_mend});
  if (std::abs(ahead) > worth_a_word) return findings.unknown("clock", found, std::string{clock_mend});
  findings.good("clock", found);
}

// What the refusal of our own, rightly spelled question leaves as its cause.
void explain_refusal(const http::ClientResponse& response, const Visitor& visitor, Findings& findings) {
  const auto told = told_by(response);
  const auto mend = mend_of(told.name, response.status);
  const auto now = static_cast<std::int64_t>(unix_seconds(SystemClock{}.now()));
  const auto& identity = visitor.setting.partner;
  if (told.name == "clock-skew" && told.server_time) {
    return judge_clock(now - *told.server_time, findings);
  }
  if (told.name == "bad-signature" && told.detail.starts_with("host")) {
    return findings.wrong("Host", visitor.setting.authority + " is not a name of this gateway",
                          "Use the URL that the operator gave you, or have the name added to server.authorities.");
  }
  if (told.name == "bad-signature") {
    return findings.wrong(
        "signing key", "the gateway has no valid key " + identity.key_id.value() + " that is the one in the file",
        "The key id is not registered, has ended or was revoked, or another public key stands under it: "
        "compare both with the operator (`lindung partner list`).");
  }
  if (told.name == "pact-outdated") return findings.wrong("pact", "is not the one in force", mend);
  if (told.name == "partner-suspended") return findings.wrong("partner", "is not active", mend);
  if (told.name == "partner-cut") {
    return findings.wrong("partner", "was cut, at index " + std::to_string(told.cut_index.value_or(0)) + " of the log",
                          mend);
  }
  if (told.name == "quota") {
    return findings.wrong("quota", "is used up for the next " + told.retry_after + " s", mend);
  }
  if (told.name == "unsupported-key") return findings.wrong("gateway key", "is not taken any more", mend);
  findings.wrong("question", "was refused: " + told.name + (told.detail.empty() ? "" : ", " + told.detail), mend);
}

void judge_answer(const gateway::PartnerIdentity& identity, const gateway::SealedRequest& request, BytesView body,
                  Findings& findings) {
  const auto answer = gateway::open_answer(identity, request, body);
  if (answer.has_value()) {
    return findings.good("question", "was answered " + std::string{domain::name_of(answer.value().outcome)} +
                                         ", at index " + std::to_string(answer.value().log_index) + " of the log");
  }
  if (answer.error().code != Errc::corrupt) {
    return findings.wrong("answer", "does not open", "Something between changed it, or answers for the gateway.");
  }
  auto other = identity;
  for (other.epoch = 1; other.epoch <= epochs_tried; ++other.epoch) {
    if (gateway::open_answer(other, request, body).has_error()) continue;
    return findings.wrong(
        "epoch",
        "is " + std::to_string(identity.epoch) + ", and the gateway answers epoch " + std::to_string(other.epoch),
        "Set epoch to " + std::to_string(other.epoch) + ": receipts are checked with it.");
  }
  findings.wrong("partner", "the log entry is not about " + identity.partner.value(),
                 "Set partner to the id under which you were registered: receipts are checked with it.");
}

void ask_about_nobody(const Visitor& visitor, const gateway::KeyDirectory& directory, http::Client& client,
                      Findings& findings) {
  const auto now = SystemClock{}.now();
  auto identity = visitor.setting.partner;
  identity.pact_digest = visitor.pact.value_or(directory.pact);
  if (directory.exchange_keys.empty()) return;
  auto key = directory.exchange_key_at(now);
  if (key.has_error()) key = directory.exchange_keys.front().key;  // the gateway then tells its time
  domain::Question question{.operation = domain::Operation::status,
                            .request_id = RequestId{crypto::random_bytes<16>()},
                            .token = {crypto::random_bytes<28>()},
                            .client_time = now,
                            .venue_code = {}};
  question.token.bytes.front() = 1;
  const auto request = gateway::seal_request(identity, key.value(), visitor.setting.authority, question, now);
  if (request.has_error()) {
    return findings.wrong("gateway key", "cannot be sealed to", mend_of("unsupported-key", 400));
  }
  auto fields = request.value().fields;
  fields.insert(fields.begin(), {"Host", visitor.setting.authority});
  const auto response = client.send({.method = "POST",
                                     .target = std::string{gateway::exchange_profile.path},
                                     .fields = std::move(fields),
                                     .body = std::string{as_text(request.value().body)}});
  if (response.has_error()) {
    return findings.wrong("question", response.error().text(), "Try again; if it stays, ask the operator.");
  }
  if (response.value().status != 200) return explain_refusal(response.value(), visitor, findings);
  judge_answer(identity, request.value(), as_bytes(response.value().body), findings);
}

void judge_directory(const Visitor& visitor, Visit& visit, const std::string& body) {
  auto& findings = visit.findings;
  auto directory = gateway::open_key_directory(body, visitor.pinned);
  if (directory.has_error()) {
    const bool is_other = directory.error().code == Errc::bad_signature;
    return findings.wrong("key directory", directory.error().detail,
                          is_other ? "Do not ask this gateway: compare the pinned directory key with the operator's."
                                   : "Is this a Lindung gateway, with nothing between that answers for it?");
  }
  visit.directory = std::move(directory).value();
  if (visitor.pinned) {
    findings.good("key directory", "is signed by the pinned key");
  } else {
    findings.unknown("key directory", "nothing vouches for it", "Pin the directory key (--directory-key).");
  }
  if (visit.directory->is_sandbox) {
    findings.unknown("sandbox", "nobody whom this gateway knows is real", "Show nothing that it says to a visitor.");
  }
  const auto now = SystemClock{}.now();
  const auto key = visit.directory->exchange_key_at(now);
  const auto& all = visit.directory->exchange_keys;
  if (key.has_value()) {
    const auto entry =
        std::ranges::find_if(all, [&](const auto& each) { return each.key.key_id == key.value().key_id; });
    findings.good("gateway key", std::to_string(key.value().key_id) + ", until " + rfc3339(entry->not_after));
  } else {
    findings.wrong("gateway key",
                   "the directory names none for " + rfc3339(now) + ", which is what this machine's clock says",
                   std::string{clock_mend});
  }
  if (!visitor.pact) {
    findings.good("pact", codec::hex(visit.directory->pact) + " is in force");
  } else if (*visitor.pact == visit.directory->pact) {
    findings.good("pact", "is the one in force");
  } else if (visit.directory->next_pact && *visitor.pact == *visit.directory->next_pact) {
    findings.good("pact", "is the next one");
  } else {
    findings.wrong("pact", "is not " + codec::hex(visit.directory->pact) + ", which is in force",
                   mend_of("pact-outdated", 403));
  }
}

}  // namespace

Visit visit_gateway(const Visitor& visitor, bool with_question) {
  Visit visit;
  auto& findings = visit.findings;
  const auto& url = visitor.setting.url;
  auto client = connect_to(url, visitor.setting.tls);
  if (client.has_error()) {
    findings.wrong(
        "connection", client.error().detail,
        "Compare address and port with the operator's; with TLS, the certificates (--ca, --client-certificate).");
    return visit;
  }
  const auto began = SystemClock{}.now();
  const auto ready = client.value().send({.target = "/readyz"});
  if (ready.has_error()) {
    findings.wrong("connection", ready.error().detail,
                   "Is TLS expected there, or a client certificate (--client-certificate)?");
    return visit;
  }
  visit.is_reached = true;
  findings.good("connection", url);
  if (const auto date = date_of(ready.value())) {
    const auto middle = began + (SystemClock{}.now() - began) / 2;
    judge_clock(static_cast<std::int64_t>(unix_seconds(middle)) - *date, findings);
  }
  if (ready.value().status == 200) {
    findings.good("readiness", "the gateway answers questions");
  } else {
    const auto told = told_by(ready.value());
    findings.wrong("readiness", "the gateway is not ready: " + told.name, mend_of(told.name, ready.value().status));
  }
  const auto keys = client.value().send({.target = "/.well-known/lindung-keys"});
  if (keys.has_error() || keys.value().status != 200) {
    findings.wrong("key directory", "is not there",
                   "Nothing can be sealed without it; try again when the gateway is ready.");
    return visit;
  }
  judge_directory(visitor, visit, keys.value().body);
  if (with_question && visit.directory) ask_about_nobody(visitor, *visit.directory, client.value(), findings);
  return visit;
}

}  // namespace lindung::cli
