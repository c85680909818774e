// The partner's side of the exchange: makes the signed and sealed request, opens the answer, checks what it says of
// itself. Used by `lindung partner ask`, the benchmarks and the tests; it opens no connection.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/question.h"
#include "gateway/sealed_client.h"  // IWYU pragma: export -- its types are those of this client

namespace lindung::gateway {

struct PartnerIdentity {
  PartnerId partner;
  std::uint64_t epoch{};
  KeyId key_id;
  crypto::Ed25519PrivateKey signing_key;
  Hash pact_digest{};
};

struct SealedRequest : SealedEnvelope {
  domain::QuestionBytes plaintext{};
};
struct SealedBundle : SealedEnvelope {
  std::vector<domain::QuestionBytes> plaintexts;
  std::size_t slots{};
};

// Errors: malformed for a gateway key of small order.
[[nodiscard]] Result<SealedRequest> seal_request(const PartnerIdentity& partner, const GatewayKey& gateway,
                                                 std::string_view authority, const domain::Question& question,
                                                 Moment now, seconds lifetime = seconds{30},
                                                 const RequestRandom& random = {});

// Shape: at least one question, at most as many as the largest bundle has slots; it gets the smallest that fits.
// Errors: invalid_argument for more or none, or a request id twice; those of seal_request().
[[nodiscard]] Result<SealedBundle> seal_bundle(const PartnerIdentity& partner, const GatewayKey& gateway,
                                               std::string_view authority, std::span<const domain::Question> questions,
                                               Moment now, seconds lifetime = seconds{30},
                                               const RequestRandom& random = {});

// Errors: malformed when it does not open or has another form; corrupt when the answer is not to this question, or its
// leaf hash is not what partner, epoch and question give (protocol.md section 5).
[[nodiscard]] Result<domain::Answer> open_answer(const PartnerIdentity& partner, const SealedRequest& request,
                                                 BytesView body);
// In the order of the questions; a slot's own error is replay_conflict, quota or malformed. Errors: as open_answer().
[[nodiscard]] Result<std::vector<domain::BundledAnswer>> open_bundle_answer(const PartnerIdentity& partner,
                                                                            const SealedBundle& request,
                                                                            BytesView body);

}  // namespace lindung::gateway
