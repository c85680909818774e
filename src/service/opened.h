// A question that the gateway has admitted: signed by a partner that may ask, fresh, opened and of the right shape.
// Only the gateway can make one, so that a forgotten check does not compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/question.h"

namespace lindung::gateway {
class Door;
}

namespace lindung::service {

// Who asks, as the signature says; checked again under the head of the log.
struct Asker {
  PartnerId partner;
  std::uint64_t epoch{};
  KeyId key;
};

// What rebuilds the signature base of the request, for the evidence that is kept sealed (protocol.md section 5).
struct RequestProof {
  bool is_bundle{};  // signed as one: another path, media type and tag
  crypto::Ed25519Signature signature{};
  std::uint64_t created_s{};
  std::uint64_t expires_s{};
  ByteArray<16> nonce{};
  Hash content_digest{};
  Hash pact_digest{};
  std::string authority;
  Hash evidence{};  // SHA-256(signature base | signature)
};

// What seals the reply to this request and to no other (protocol.md section 5).
struct ReplyKey {
  crypto::X25519PublicKey enc{};
  Secret<16> secret;  // HPKE export
};

template <class T>
class Opened {
 public:
  [[nodiscard]] const T& content() const noexcept { return content_; }
  [[nodiscard]] const domain::QuestionBytes& plaintext() const noexcept { return plaintext_; }
  [[nodiscard]] const Asker& asker() const noexcept { return asker_; }
  [[nodiscard]] const RequestProof& proof() const noexcept { return proof_; }
  [[nodiscard]] const ReplyKey& reply_key() const noexcept { return reply_key_; }

 private:
  friend class gateway::Door;
  Opened(T content, const domain::QuestionBytes& plaintext, Asker asker, RequestProof proof, ReplyKey reply_key)
      : content_{std::move(content)},
        plaintext_{plaintext},
        asker_{std::move(asker)},
        proof_{std::move(proof)},
        reply_key_{std::move(reply_key)} {}

  T content_;
  domain::QuestionBytes plaintext_;
  Asker asker_;
  RequestProof proof_;
  ReplyKey reply_key_;
};

// The questions of one request, each of which stands for itself from here on, and what seals the one reply to all.
struct OpenedBundle {
  std::vector<Opened<domain::Question>> questions;
  std::size_t slots{};
  ReplyKey reply_key;
};

}  // namespace lindung::service
