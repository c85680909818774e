// What an authenticator signs for WebAuthn: authenticator data read, and signatures over it verified, by libfido2. What
// the browser says beside it (origin, challenge) is compared by people/client_data.h.
// Source: W3C Web Authentication Level 2, sections 6.1 and 7.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::crypto {

// COSE numbers (RFC 9053); the ones that we ask for.
enum class PasskeyAlgorithm : std::int8_t { es256 = -7, eddsa = -8 };

// Shape: x | y of a point on P-256, or 32 bytes of Ed25519.
struct PasskeyKey {
  PasskeyAlgorithm algorithm{PasskeyAlgorithm::es256};
  Bytes bytes;
  friend bool operator==(const PasskeyKey&, const PasskeyKey&) = default;
};

struct NewPasskey {
  Bytes credential;  // its id, 16 to 1023 bytes
  PasskeyKey key;
  std::uint32_t counter{};
};

// Of a registration. An attestation is not looked at: whose make an authenticator is decides nothing here.
// Errors: denied, "passkey: NAME": form, relying party, user presence, user verification.
[[nodiscard]] Result<NewPasskey> read_new_passkey(std::string_view relying_party, BytesView authenticator_data);

struct PasskeyAssertion {
  BytesView authenticator_data;
  BytesView client_data;  // the JSON as it came
  BytesView signature;
};
// The counter that the authenticator says. Errors: as above, and signature.
[[nodiscard]] Result<std::uint32_t> verify_assertion(std::string_view relying_party, const PasskeyKey& key,
                                                     const PasskeyAssertion& assertion);

}  // namespace lindung::crypto
