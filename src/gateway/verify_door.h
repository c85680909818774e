// The door of endpoints that are signed and not sealed, POST /v1/verify first: the holder of a key signs a request
// (RFC 9421, one spelling). A request counts once, and a key has so many a minute.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "gateway/signed_head.h"
#include "http/message.h"

namespace lindung::gateway {

inline constexpr std::uint64_t verifications_a_minute = 600;  // of one key, on one node

// Safe from many threads.
class VerifyDoor {
 public:
  // None for a key that is unknown or revoked.
  using FindKey = std::function<Result<std::optional<crypto::Ed25519PublicKey>>(const KeyId& id)>;
  VerifyDoor(const Clock& clock, Authorities authorities, FindKey find_key,
             const SignatureProfile& profile = verify_profile);

  // Whose request it is. Errors: malformed; bad_signature, the same for an unknown key; clock_skew; replay_conflict;
  // quota; those of find_key.
  [[nodiscard]] Result<KeyId> admit(const http::Request& request);

 private:
  [[nodiscard]] Result<void> check_signature(const http::Request& request, const SignedHead& head) const;
  [[nodiscard]] Result<void> take_in(const SignedHead& head, Moment now);

  struct Window {
    Moment from;
    std::uint64_t used{};
  };
  const Clock& clock_;
  Authorities authorities_;
  FindKey find_key_;
  SignatureProfile profile_;
  crypto::Ed25519PublicKey dummy_key_;
  std::mutex mutex_;
  std::map<std::string, Window, std::less<>> windows_;     // by key id
  std::unordered_map<std::string, std::uint64_t> nonces_;  // key id and nonce -> the second in which it expires
  std::size_t sweep_at_{1024};                             // nonces that may stand before the expired ones go
};

}  // namespace lindung::gateway
