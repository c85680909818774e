// The client's side of every sealed endpoint (sealed_door.h): what is sent, signed and sealed, and what opens the
// reply. It opens no connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "gateway/envelope.h"
#include "service/opened.h"

namespace lindung::gateway {

// Who signs. Shape: the pact digest is zeros where the profile has no pact.
struct KeyHolder {
  KeyId key_id;
  const crypto::Ed25519PrivateKey& signing_key;
  Hash pact_digest{};
};

struct GatewayKey {
  std::uint8_t key_id{};
  crypto::X25519PublicKey public_key{};
};

// One request on its way: what goes over the wire, and what opens its answer.
struct SealedEnvelope {
  std::vector<std::pair<std::string, std::string>> fields;  // without Host and Content-Length
  Bytes body;
  Hash evidence{};
  service::ReplyKey reply_key;
};

// What a test may fix; fresh by default.
struct RequestRandom {
  crypto::X25519PrivateKey ephemeral = crypto::X25519PrivateKey::generate();
  ByteArray<16> nonce;
  RequestRandom();
};

// Errors: malformed for a gateway key of small order.
[[nodiscard]] Result<SealedEnvelope> seal_envelope(const EnvelopeProfile& profile, const KeyHolder& holder,
                                                   const GatewayKey& gateway, std::string_view authority,
                                                   BytesView plaintext, Moment now, seconds lifetime = seconds{30},
                                                   const RequestRandom& random = {});

// The same head over a body that is not sealed, for endpoints that take one. Shape: fields without Host and
// Content-Length.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sign_fields(const SignatureProfile& profile,
                                                                           const KeyHolder& holder,
                                                                           std::string_view authority, BytesView body,
                                                                           Moment now, seconds lifetime = seconds{30});

}  // namespace lindung::gateway
