#include "gateway/partner_session.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "domain/redemption.h"
#include "gateway/consent_client.h"
#include "gateway/consent_profiles.h"
#include "gateway/key_directory.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "gateway/wire_problem.h"
#include "http/client.h"

namespace lindung::gateway {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{1'000};
constexpr milliseconds longest_pause{60'000};
constexpr std::uint64_t longest_age_s = 1800;  // protocol.md section 3
constexpr unsigned status_ok = 200;
constexpr unsigned status_created = 201;

// Whether the same question may be asked again, and will perhaps be answered.
bool may_pass(Errc code) noexcept {
  switch (code) {
    case Errc::timeout:
    case Errc::quota:
    case Errc::busy:
    case Errc::outcome_unknown:
    case Errc::unavailable:
    case Errc::io:
    case Errc::sealed: return true;
    default: return false;
  }
}

// At most a third longer: partners that were refused together do not come back together.
milliseconds with_jitter(milliseconds pause) {
  const auto random = crypto::random_bytes<2>();
  const auto part = (std::uint64_t{random[0]} << 8U | random[1]) % 1024;
  return pause + pause * static_cast<std::int64_t>(part) / 3072;
}

// Seconds for which a response may be kept, by its Cache-Control.
std::uint64_t max_age_of(const http::ClientResponse& response) {
  constexpr std::string_view name = "max-age=";
  const auto field = response.field("Cache-Control").value_or("");
  const auto at = field.find(name);
  if (at == std::string_view::npos) return 0;
  std::uint64_t age = 0;
  std::from_chars(field.data() + at + name.size(), field.data() + field.size(), age);
  return std::min(age, longest_age_s);
}

}  // namespace

PartnerSession::PartnerSession(SessionOptions options, const Clock& clock)
    : options_{std::move(options)}, clock_{clock} {
  if (!options_.wait) {
    options_.wait = [](milliseconds pause) { std::this_thread::sleep_for(pause); };
  }
}

void PartnerSession::forget_directory() noexcept {
  directory_.reset();
  options_.key.reset();
}

Result<http::ClientResponse> PartnerSession::send(const http::ClientRequest& request) {
  if (!client_) {
    TRY(url, http::parse_url(options_.url));
    TRY(client, http::Client::connect(url.endpoint, {.tls = options_.tls}));
    client_.emplace(std::move(client));
  }
  return client_->send(request);
}

Result<KeyDirectory> PartnerSession::directory() {
  const auto now = clock_.now();
  if (directory_ && now < directory_until_ && directory_->exchange_key_at(now).has_value()) return *directory_;
  TRY(response, send({.target = "/.well-known/lindung-keys"}));
  if (response.status != status_ok) return outcome::failure(read_problem(response));
  TRY(opened, open_key_directory(response.body, options_.pinned));
  if (opened.is_sandbox && !options_.takes_sandbox) {
    return fail(Errc::denied, "this gateway is a sandbox: nobody whom it knows is real");
  }
  directory_until_ = now + seconds{max_age_of(response)};
  directory_ = std::move(opened);
  return *directory_;
}

Result<GatewayKey> PartnerSession::gateway_key() {
  if (options_.key) return *options_.key;
  TRY(known, directory());
  options_.partner.pact_digest = known.pact;
  return known.exchange_key_at(clock_.now());
}

Result<domain::Answer> PartnerSession::attempt(const domain::Question& question) {
  TRY(key, gateway_key());
  TRY(sealed, seal_request(options_.partner, key, options_.authority, question, clock_.now()));
  TRY(response, post(sealed, exchange_profile.path));
  return open_answer(options_.partner, sealed, as_bytes(response.body));
}

Result<domain::RedemptionAnswer> PartnerSession::attempt(const domain::Redemption& redemption) {
  TRY(key, gateway_key());
  TRY(sealed, seal_redemption(options_.partner, key, options_.authority, redemption, clock_.now()));
  TRY(response, post(sealed, token_envelope.signature.path));
  return open_redemption_answer(sealed, redemption, as_bytes(response.body));
}

Result<http::ClientResponse> PartnerSession::post(const SealedEnvelope& sealed, std::string_view path) {
  http::ClientRequest request{.method = "POST",
                              .target = std::string{path},
                              .fields = sealed.fields,
                              .body = std::string{as_text(sealed.body)}};
  request.fields.insert(request.fields.begin(), {"Host", options_.authority});
  if (options_.on_request) options_.on_request(request);
  TRY(response, send(request));
  if (response.status != status_ok) return outcome::failure(read_problem(response));
  return response;
}

Result<domain::Answer> PartnerSession::ask(const domain::Question& question) {
  return with_patience<domain::Answer>(question);
}

Result<domain::RedemptionAnswer> PartnerSession::redeem(const domain::Redemption& redemption) {
  return with_patience<domain::RedemptionAnswer>(redemption);
}

Result<PushReply> PartnerSession::push(const LinkRequest& request, const PendingLink& pending) {
  TRYV(gateway_key());  // with it comes the pact in force
  auto push = push_of(options_.partner, options_.authority, request, pending, clock_.now());
  push.fields.insert(push.fields.begin(), {"Host", options_.authority});
  TRY(response, send({.method = "POST",
                      .target = std::string{push_profile.path},
                      .fields = std::move(push.fields),
                      .body = std::move(push.body)}));
  if (response.status != status_created) return outcome::failure(read_problem(response));
  return read_push_reply(response.body);
}

Result<std::vector<ConsentVerifier>> PartnerSession::consent_keys() {
  if (!options_.pinned) return fail(Errc::invalid_argument, "no directory key is pinned");
  TRY(response, send({.target = "/.well-known/lindung-consent-keys"}));
  if (response.status != status_ok) return outcome::failure(read_problem(response));
  return open_consent_keys(response.body, *options_.pinned);
}

template <class Answer, class Asked>
Result<Answer> PartnerSession::with_patience(const Asked& asked) {
  auto left = options_.patience;
  auto pause = first_pause;
  bool has_refreshed = false;
  while (true) {
    auto answer = attempt(asked);
    if (answer.has_value()) return answer;
    const auto& error = answer.error();
    if (error.code == Errc::unsupported_key && !has_refreshed && options_.patience.count() > 0) {
      has_refreshed = true;
      forget_directory();
      continue;
    }
    const auto wanted = error.number && (error.code == Errc::busy || error.code == Errc::quota)
                            ? milliseconds{std::chrono::seconds{std::min<std::uint64_t>(*error.number, 3600)}}
                            : pause;
    const auto next = with_jitter(wanted);
    if (!may_pass(error.code) || next > left) return answer;
    options_.wait(next);
    left -= next;
    pause = std::min(pause * 2, longest_pause);
  }
}

}  // namespace lindung::gateway
