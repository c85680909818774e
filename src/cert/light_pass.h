// Light passes: "green, and who it is", for a door without a network. No health fact, no colour, no moment that tells
// one. A COSE_Sign1 over a CWT in base45 behind "LP1:", of which there is exactly one spelling. Steps: prefix, base45,
// cose, cwt, signature, validity. Reasons: docs/adr/0027-light-passes.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/refusal.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "domain/pass_window.h"

namespace lindung::cert {

inline constexpr std::string_view light_pass_prefix = "LP1:";
inline constexpr std::size_t longest_pass_name = 39;  // as in a machine-readable passport
inline constexpr std::size_t longest_pass_issuer = 64;

using PassKeyId = ByteArray<8>;
using PassSignature = ByteArray<64>;

// Privacy: a person's name and year of birth.
struct LightPassClaims {
  std::string issuer;          // the installation, by the name of its log
  std::string name;            // A to Z and '<' (domain/transliteration.h)
  std::uint32_t birth_year{};  // 0: not known
  Moment not_before;
  ByteArray<16> id{};
  [[nodiscard]] Moment expires() const noexcept { return not_before + domain::pass_length; }
};

struct LightPass {
  LightPassClaims claims;
  PassKeyId key{};
  PassSignature signature{};
};

// What the key signs: the Sig_structure of RFC 9052. Shape: claims that check_claims() takes.
[[nodiscard]] Bytes light_pass_signed_bytes(const LightPassClaims& claims, const PassKeyId& key);
[[nodiscard]] std::string light_pass_text(const LightPass& pass);
// Of the two signatures that hold for one message the one with the lower s, the only one that is read.
[[nodiscard]] PassSignature lower_signature(const PassSignature& signature) noexcept;

// Errors: step cose: cose; cwt: schema with the member that is not of a pass.
[[nodiscard]] Checked<void> check_claims(const LightPassClaims& claims);

// What is read is not verified by that. Errors: of the steps up to cwt; another spelling is refused there.
[[nodiscard]] Checked<LightPass> read_light_pass(std::string_view text);

[[nodiscard]] Verdict verify_light_pass(std::string_view text, const TrustStore& trust, Moment at);

}  // namespace lindung::cert
