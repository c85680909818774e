// A captured request held to protocol.md section 4, part by part, without the gateway: says what is wrong and how it is
// mended, where the door itself says one word to everybody.
// Not here: whether the sealed part opens; only the gateway can say that.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "gateway/finding.h"
#include "gateway/key_directory.h"

namespace lindung::gateway {

struct CapturedRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;
  Bytes body;

  // The values of all fields of this name.
  [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
};

// Shape: a request as it goes over the wire, head and body, or the head alone; lines may end with LF. Errors:
// malformed, with the line.
[[nodiscard]] Result<CapturedRequest> parse_captured(std::string_view text);

// What the request is held to; what is not known is not checked, and said so.
struct PartnerTruth {
  std::string authority{};  // the gateway's, as its URL says it; empty: unknown
  std::optional<crypto::Ed25519PublicKey> signing_key{};
  std::string key_id{};
  std::optional<KeyDirectory> directory{};
  Moment sent_at;  // by a clock that is right
};

// Host as @authority has it: lower-case, and without the port that the gateway's own name does not have.
[[nodiscard]] std::string authority_of(std::string_view host, const PartnerTruth& truth);

struct RequestReport {
  Findings findings;
  std::string signature_base{};  // that the gateway verifies for this request; empty: the fields do not give one
};
[[nodiscard]] RequestReport check_request(const CapturedRequest& request, const PartnerTruth& truth);

}  // namespace lindung::gateway
