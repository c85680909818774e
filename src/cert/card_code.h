// The code of a travel health card: a COSE_Sign1 over one CBOR map in base45 behind "EHAC1:", of which there is exactly
// one spelling, made by the travel server and verified by a border officer's device without a network. Steps: prefix,
// base45, cose, cwt, signature, validity. Reasons: docs/adr/0029-border-desks-and-carriers.md.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/refusal.h"
#include "crypto/certificate_key.h"
#include "crypto/es256_signer.h"
#include "domain/card_claims.h"

namespace lindung::cert {

inline constexpr std::string_view card_code_prefix = "EHAC1:";
inline constexpr std::size_t longest_card_code = 2048;  // twelve persons with the longest names stay below it

using TravelKeyId = ByteArray<8>;

// Shape: 65 bytes, uncompressed.
[[nodiscard]] TravelKeyId travel_key_id(BytesView public_point);

// Errors: invalid_argument for claims that are not of a card (domain::check_card), too_large for more than a code
// holds; unavailable if the signer cannot sign.
[[nodiscard]] Result<std::string> make_card_code(const domain::CardClaims& claims, const crypto::Es256Signer& signer);

// A public key of the travel server. Before `not_before` it has signed nothing, and no code under it counts for longer
// than until `not_after`.
struct TravelKey {
  crypto::CertificateKey key;
  std::optional<Moment> not_before;
  std::optional<Moment> not_after;
};

// Who is believed.
class TravelKeys {
 public:
  // Shape: 65 bytes, uncompressed. The same key again: the newer span. Errors: unsupported_key, invalid_argument.
  [[nodiscard]] Result<void> add(BytesView public_point, std::optional<Moment> not_before,
                                 std::optional<Moment> not_after);
  [[nodiscard]] const TravelKey* find(const TravelKeyId& id) const;  // null: nobody's
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

 private:
  std::map<TravelKeyId, TravelKey> keys_;
};

// Claims under a signature that holds, in their time. Only verify_card_code() makes one.
class VerifiedCard {
 public:
  [[nodiscard]] const domain::CardClaims& claims() const noexcept { return claims_; }

 private:
  friend Checked<VerifiedCard> verify_card_code(std::string_view text, const TravelKeys& keys, Moment at);
  explicit VerifiedCard(domain::CardClaims claims) : claims_{std::move(claims)} {}
  domain::CardClaims claims_;
};

// Errors: as above; step signature: untrusted_signer, signature; step validity: not_yet_valid, expired,
// signer_not_valid.
[[nodiscard]] Checked<VerifiedCard> verify_card_code(std::string_view text, const TravelKeys& keys, Moment at);

struct UnverifiedCard {
  domain::CardClaims claims;
  TravelKeyId key{};
  ByteArray<64> signature{};
  Bytes signed_bytes;
};
// What is read is not verified by that. Errors: of the steps up to cwt; another spelling is refused there.
[[nodiscard]] Checked<UnverifiedCard> read_card_code(std::string_view text);
// The text again. Shape: as read.
[[nodiscard]] std::string card_code_text(const UnverifiedCard& card);

}  // namespace lindung::cert
