// A partner's way to the gateway, tried step by step: connection, readiness, clock, keys, pact, and one question about
// nobody. Each step says what is wrong and how it is mended.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "cli/partner_setting.h"
#include "crypto/ed25519.h"
#include "gateway/finding.h"
#include "gateway/key_directory.h"

namespace lindung::cli {

struct Visitor {
  PartnerSetting setting;    // its gateway key is not used: the directory's is
  std::optional<Hash> pact;  // that the partner believes to be in force
  std::optional<crypto::Ed25519PublicKey> pinned;
};

struct Visit {
  gateway::Findings findings;
  bool is_reached{};
  std::optional<gateway::KeyDirectory> directory{};
};

// With `with_question` the gateway logs one answer, `unlinked`, to this partner.
[[nodiscard]] Visit visit_gateway(const Visitor& visitor, bool with_question);

}  // namespace lindung::cli
