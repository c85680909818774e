// A partner's conversation with one gateway: fetches and keeps its keys, asks, and asks again where that is right
// (protocol.md section 9). What the SDK is made of, and what `lindung partner ask` uses. Not for two threads at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "domain/redemption.h"
#include "gateway/consent_client.h"
#include "gateway/key_directory.h"
#include "gateway/partner_client.h"
#include "http/client.h"

namespace lindung::gateway {

struct SessionOptions {
  std::string url;
  std::optional<http::ClientTls> tls{};
  std::string authority;                                  // as Host names the gateway
  PartnerIdentity partner;                                // its pact is taken from the directory, unless `key` is given
  std::optional<crypto::Ed25519PublicKey> pinned{};       // that signs the directory; none: nothing vouches for it
  std::optional<GatewayKey> key{};                        // known already: no directory is fetched
  std::chrono::milliseconds patience{0};                  // for all attempts of a question together; 0: one attempt
  bool takes_sandbox{true};                               // false: a gateway where nobody is real is refused
  std::function<void(std::chrono::milliseconds)> wait{};  // null: sleeps
  std::function<void(const http::ClientRequest&)> on_request{};  // sees each attempt as it is sent
};

class PartnerSession {
 public:
  PartnerSession(SessionOptions options, const Clock& clock);

  // The checked answer. Attempts carry the same question and are signed and sealed anew. Errors: those of the gateway
  // by name, of open_answer, of the connection; denied for a sandbox that is not taken.
  [[nodiscard]] Result<domain::Answer> ask(const domain::Question& question);

  // A pushed request for a consent (docs/consent.md), once. Errors: as ask().
  [[nodiscard]] Result<PushReply> push(const LinkRequest& request, const PendingLink& pending);
  // The same redemption again where a reply was lost. Errors: as ask(); denied with the name of a refusal.
  [[nodiscard]] Result<domain::RedemptionAnswer> redeem(const domain::Redemption& redemption);
  // What verifies webhooks. Errors: as ask(); bad_signature; invalid_argument where nothing is pinned.
  [[nodiscard]] Result<std::vector<ConsentVerifier>> consent_keys();

  // The directory in use; fetched when there is none, or when it is too old. Errors: as ask().
  [[nodiscard]] Result<KeyDirectory> directory();

 private:
  [[nodiscard]] Result<http::ClientResponse> send(const http::ClientRequest& request);
  [[nodiscard]] Result<GatewayKey> gateway_key();
  [[nodiscard]] Result<domain::Answer> attempt(const domain::Question& question);
  [[nodiscard]] Result<domain::RedemptionAnswer> attempt(const domain::Redemption& redemption);
  [[nodiscard]] Result<http::ClientResponse> post(const SealedEnvelope& sealed, std::string_view path);
  template <class Answer, class Asked>
  [[nodiscard]] Result<Answer> with_patience(const Asked& asked);
  void forget_directory() noexcept;

  SessionOptions options_;
  const Clock& clock_;
  std::optional<http::Client> client_;
  std::optional<KeyDirectory> directory_;
  Moment directory_until_;
};

}  // namespace lindung::gateway
