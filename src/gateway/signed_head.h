// The head of a signed request, read in the one spelling of protocol.md section 4 (RFC 9421, RFC 9530): what does not
// match to the letter is refused, so that no two parsers can disagree.
// Not here: whether anything in it is true.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "http/message.h"

namespace lindung::gateway {

// What differs between signed endpoints; every endpoint has its own tag and media type.
struct SignatureProfile {
  std::string_view path;
  std::string_view content_type;
  std::string_view tag;
  bool has_pact{true};  // Lindung-Pact is signed: a partner's word
};

inline constexpr SignatureProfile exchange_profile{
    .path = "/v1/partner/exchange", .content_type = "application/vnd.lindung.request", .tag = "lindung-request"};

inline constexpr SignatureProfile bundle_profile{
    .path = "/v1/partner/bundle", .content_type = "application/vnd.lindung.bundle", .tag = "lindung-bundle"};

// Doors and officers, who have no pact and seal nothing.
inline constexpr SignatureProfile verify_profile{
    .path = "/v1/verify", .content_type = "application/json", .tag = "lindung-verify", .has_pact = false};

// The names under which the gateway is reached, lower-case, and the scheme of its public address.
struct Authorities {
  std::vector<std::string> names;
  bool https{};
};

struct SignedHead {
  std::string_view key_id;  // view into the request
  std::uint64_t created_s{};
  std::uint64_t expires_s{};
  ByteArray<16> nonce{};
  Hash content_digest{};
  Hash pact_digest{};  // zeros where the profile has none
  crypto::Ed25519Signature signature{};
  std::string authority;       // lower-case, without the default port
  std::string signature_base;  // RFC 9421 section 2.5
};

// Errors: bad_signature (the detail names the field) for anything but the one spelling, or an authority that is not
// ours.
[[nodiscard]] Result<SignedHead> parse_signed_head(const http::Request& request, const SignatureProfile& profile,
                                                   const Authorities& authorities);

// Errors: clock_skew with the server's time.
[[nodiscard]] Result<void> check_freshness(const SignedHead& head, Moment now);

// The client's side of the same spelling, for `lindung partner ask` and tests.
struct SignatureParameters {
  std::uint64_t created_s{};
  std::uint64_t expires_s{};
  ByteArray<16> nonce{};
  std::string key_id;
};
[[nodiscard]] std::string signature_input(const SignatureProfile& profile, const SignatureParameters& parameters);
[[nodiscard]] std::string digest_field(const Hash& digest);  // "sha-256=:…:"
[[nodiscard]] std::string signature_base(const SignatureProfile& profile, std::string_view authority,
                                         std::string_view content_digest_field, std::string_view pact_field,
                                         std::string_view signature_parameters);

}  // namespace lindung::gateway
