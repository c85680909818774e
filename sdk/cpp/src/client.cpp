#include "lindung/client.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ios>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "domain/venue_code.h"
#include "gateway/consent_client.h"
#include "gateway/partner_session.h"
#include "http/client.h"

namespace lindung::sdk {

namespace {

Error told(const lindung::Error& error) {
  const auto code = error.code;
  const bool may_repeat = code == Errc::timeout || code == Errc::quota || code == Errc::busy ||
                          code == Errc::outcome_unknown || code == Errc::unavailable || code == Errc::sealed ||
                          code == Errc::io;
  return {.name = std::string{lindung::name_of(code)}, .detail = error.detail, .may_repeat = may_repeat};
}

lindung::Result<crypto::Ed25519PrivateKey> read_key(const std::string& path) {
  constexpr std::size_t digits = 64;
  std::ifstream file{path};
  if (!file) return fail(Errc::not_found, path);
  Secret<32> seed;
  SecretBytes text(digits);
  file.read(reinterpret_cast<char*>(text.data()), digits);  // NOLINT(*-reinterpret-cast): bytes of a file
  const bool is_whole = file.gcount() == static_cast<std::streamsize>(digits);
  if (!is_whole || codec::from_hex(as_text(text), seed.mutable_view()).has_error()) {
    return fail(Errc::malformed, path + " is not a signing key");
  }
  return crypto::Ed25519PrivateKey::from_seed(seed);
}

lindung::Result<gateway::SessionOptions> options_of(const Settings& settings) {
  TRY(url, http::parse_url(settings.url));
  TRY(key, read_key(settings.signing_key_file));
  const auto pinned = codec::from_hex(settings.directory_key);
  if (pinned.has_error()) return fail(Errc::invalid_argument, "directory_key: 64 digits of hex are needed");
  TRY(directory_key, crypto::Ed25519PublicKey::from_bytes(pinned.value()));
  gateway::SessionOptions options{.url = settings.url,
                                  .authority = url.authority,
                                  .partner = {.partner = PartnerId{settings.partner},
                                              .epoch = settings.epoch,
                                              .key_id = KeyId{settings.key_id},
                                              .signing_key = key,
                                              .pact_digest = {}},
                                  .pinned = directory_key,
                                  .patience = settings.patience,
                                  .takes_sandbox = settings.takes_sandbox};
  if (url.tls) {
    options.tls = http::ClientTls{.ca_file = settings.ca_file,
                                  .server_name = {},
                                  .certificate_chain = settings.client_certificate,
                                  .private_key = settings.client_key};
  }
  return options;
}

lindung::Result<domain::Question> question_of(const Question& asked, domain::Operation operation) {
  domain::Question question{.operation = operation,
                            .request_id = lindung::RequestId{asked.id},
                            .token = {asked.token},
                            .client_time = asked.asked_at,
                            .venue_code = {}};
  if (asked.venue.empty()) {
    if (operation == domain::Operation::status) return question;
    return fail(Errc::invalid_argument, "a venue is needed");
  }
  TRY(code, domain::venue_code_bytes(asked.venue));
  if (code.size() > domain::venue_code_max) return fail(Errc::invalid_argument, "the venue code is too long");
  question.venue_code = std::move(code);
  return question;
}

Answer as_told(const domain::Answer& answer) {
  Answer out{.outcome = static_cast<Outcome>(answer.outcome),
             .colour = static_cast<Colour>(answer.colour),
             .answered_before = answer.answered_before,
             .answered_at = answer.answered_at,
             .valid_until = answer.valid_until(),
             .log_index = answer.log_index,
             .leaf_hash = answer.leaf_hash,
             .opening = answer.opening};
  if (!all_zero(answer.next_token)) out.next_token = answer.next_token;
  return out;
}

}  // namespace

class Client::Inside {
 public:
  explicit Inside(gateway::SessionOptions options) : session_{std::move(options), clock_} {}

  Result<Answer> ask(const Question& asked, domain::Operation operation) {
    auto question = question_of(asked, operation);
    if (question.has_error()) return told(question.error());
    auto answer = session_.ask(question.value());
    if (answer.has_error()) return told(answer.error());
    return as_told(answer.value());
  }

  Result<Pushed> push(const LinkRequest& request, const PendingLink& pending) {
    auto pushed =
        session_.push({.purposes = request.purposes,
                       .profile = request.decision_only ? domain::Profile::decision_only : domain::Profile::colour,
                       .days = request.days,
                       .redirect_uri = request.redirect_uri},
                      {.state = pending.state, .verifier = pending.verifier});
    if (pushed.has_error()) return told(pushed.error());
    auto& reply = pushed.value();
    return Pushed{.request_uri = std::move(reply.request_uri),
                  .open_at = std::move(reply.open_at),
                  .expires_in = reply.expires_in};
  }

  Result<Link> redeem(const std::array<std::uint8_t, 32>& code, const PendingLink& pending) {
    const auto redeemed = session_.redeem(
        {.request_id = lindung::RequestId{pending.request_id}, .code = code, .verifier = pending.verifier});
    if (redeemed.has_error()) return told(redeemed.error());
    const auto& answer = redeemed.value();
    return Link{.token = answer.token.bytes,
                .consent = answer.consent.value(),
                .decision_only = answer.profile == domain::Profile::decision_only,
                .until = answer.until,
                .log_index = answer.log_index};
  }

  Result<std::vector<ConsentKey>> consent_keys() {
    const auto keys = session_.consent_keys();
    if (keys.has_error()) return told(keys.error());
    std::vector<ConsentKey> out;
    for (const auto& key : keys.value()) out.push_back({.id = key.id, .public_key = key.key.bytes()});
    return out;
  }

 private:
  SystemClock clock_;
  gateway::PartnerSession session_;
};

Client::Client(std::unique_ptr<Inside> inside) noexcept : inside_{std::move(inside)} {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::create(const Settings& settings) {
  auto options = options_of(settings);
  if (options.has_error()) return told(options.error());
  return Client{std::make_unique<Inside>(std::move(options).value())};
}

Result<Answer> Client::status(const Question& question) { return inside_->ask(question, domain::Operation::status); }
Result<Answer> Client::check_in(const Question& question) {
  return inside_->ask(question, domain::Operation::check_in);
}
Result<Answer> Client::check_out(const Question& question) {
  return inside_->ask(question, domain::Operation::check_out);
}

Result<Pushed> Client::push_request(const LinkRequest& request, const PendingLink& pending) {
  return inside_->push(request, pending);
}
Result<Link> Client::redeem(const std::array<std::uint8_t, 32>& code, const PendingLink& pending) {
  return inside_->redeem(code, pending);
}
Result<std::vector<ConsentKey>> Client::consent_keys() { return inside_->consent_keys(); }

PendingLink new_pending_link() {
  auto made = gateway::new_pending_link();
  return {
      .state = std::move(made.state), .verifier = std::move(made.verifier), .request_id = crypto::random_bytes<16>()};
}

Result<std::array<std::uint8_t, 32>> code_of(std::string_view url, const PendingLink& pending,
                                             std::string_view issuer) {
  const auto mark = url.find('?');
  const auto query = mark == std::string_view::npos ? url : url.substr(mark + 1);
  const auto code = gateway::code_of(query, {.state = pending.state, .verifier = pending.verifier}, issuer);
  if (code.has_error()) return told(code.error());
  return code.value();
}

Result<WebhookEvent> verify_webhook(const ReceivedWebhook& received, const std::vector<ConsentKey>& keys, Time now) {
  std::vector<gateway::ConsentVerifier> verifiers;
  for (const auto& key : keys) {
    const auto read = crypto::Ed25519PublicKey::from_bytes(key.public_key);
    if (read.has_error()) return told(read.error());
    verifiers.push_back({.id = key.id, .key = read.value()});
  }
  const auto event = gateway::verify_webhook({.path = received.path,
                                              .authority = received.authority,
                                              .is_https = received.is_https,
                                              .fields = received.fields,
                                              .body = received.body},
                                             verifiers, now);
  if (event.has_error()) return told(event.error());
  const auto& read = event.value();
  return WebhookEvent{
      .id = read.id, .consent = read.consent, .reason = read.reason, .at = read.at, .log_index = read.log_index};
}

Question Question::about(const Token& token, std::string venue) {
  return {.token = token, .venue = std::move(venue), .id = crypto::random_bytes<16>(), .asked_at = SystemClock{}.now()};
}

std::optional<Token> token_from_hex(std::string_view hex) {
  Token token{};
  return codec::from_hex(hex, token).has_value() ? std::optional{token} : std::nullopt;
}

std::string_view name_of(Outcome outcome) noexcept { return domain::name_of(static_cast<domain::Outcome>(outcome)); }
std::string_view name_of(Colour colour) noexcept { return domain::name_of(static_cast<domain::Colour>(colour)); }

}  // namespace lindung::sdk
