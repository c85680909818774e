// New Zealand COVID Pass (NZCP:/1/). Steps: prefix, base32, cose, cwt, signature, validity, schema.
// Source: New Zealand COVID Pass technical specification 1.0.
#pragma once

#include <string_view>

#include "base/time.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

namespace lindung::cert {

inline constexpr std::string_view nzcp_prefix = "NZCP:/";

// The key is that of the issuer's DID document under the pass's key id.
[[nodiscard]] Verdict verify_nzcp(std::string_view text, const TrustStore& trust, Moment at);

}  // namespace lindung::cert
