// HC1: the EU's digital COVID certificate and the WHO network's certificates (claim -260) as texts of QR codes.
// Steps: prefix, base45, zlib, cose (with the CWT), signature, validity, schema (with value sets), key_usage, and
// revocation where the trust has batches of it.
// Source: eHealth Network, Technical Specifications for Digital Green Certificates volume 1 and 3; WHO SMART Trust
// HCERT.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/acceptance.h"
#include "cert/contents.h"
#include "cert/refusal.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

namespace lindung::cert {

inline constexpr std::string_view hc1_prefix = "HC1:";
inline constexpr std::size_t longest_text = std::size_t{8} * 1024;
inline constexpr std::size_t most_inflated = std::size_t{64} * 1024;

struct Hc1Options {
  const Travel* travel{};  // a last step: rules, those of acceptance of an EU certificate
  Contents* contents{};    // filled from a valid certificate
};
[[nodiscard]] Verdict verify_hc1(std::string_view text, const TrustStore& trust, Moment at,
                                 const Hc1Options& options = {});

// The steps to the signed message, one by one. Errors: of the step.
[[nodiscard]] Checked<std::string_view> without_hc1_prefix(std::string_view text);
[[nodiscard]] Checked<Bytes> hc1_bytes(std::string_view base45_text);
[[nodiscard]] Checked<Bytes> hc1_message(BytesView compressed);

}  // namespace lindung::cert
