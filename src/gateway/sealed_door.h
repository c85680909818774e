// What every sealed endpoint's door does, whoever holds the keys: a signed head, the signature against the key that the
// endpoint's own directory gives for it, and the HPKE envelope. Each step makes the type that the next one takes, so
// that a forgotten check does not compile; what else an endpoint demands of the holder stands between prove() and
// open(), where it costs no private-key operation.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/opened.h"

namespace lindung::gateway {

// A request in the one spelling, fresh, whose body is the one that its head names. Who sent it is not known yet.
class PresentedRequest {
 public:
  // Its views are into the request.
  [[nodiscard]] const SignedHead& head() const noexcept { return head_; }

 private:
  friend class SealedDoor;
  explicit PresentedRequest(SignedHead head) : head_{std::move(head)} {}
  SignedHead head_;
};

// One that the holder of a key has signed.
class ProvenRequest {
 public:
  [[nodiscard]] const SignedHead& head() const noexcept { return head_; }
  [[nodiscard]] SignedHead take_head() && { return std::move(head_); }

 private:
  friend class SealedDoor;
  explicit ProvenRequest(SignedHead head) : head_{std::move(head)} {}
  SignedHead head_;
};

// What was sealed, and what seals the reply.
struct OpenedBody {
  Bytes plaintext;
  service::ReplyKey reply_key;
};

// Safe from many threads.
class SealedDoor {
 public:
  SealedDoor(const ExchangeKeys& keys, Authorities authorities);

  // Errors, in the order in which they are found: malformed (framing, media type, a length that seals none of these
  // sizes), bad_signature (spelling), clock_skew (number: the server's time), bad_signature (content-digest).
  [[nodiscard]] Result<PresentedRequest> read(const http::Request& request, const EnvelopeProfile& profile,
                                              std::span<const std::size_t> plaintext_sizes, Moment now) const;
  // `key`: what the endpoint's directory holds under the head's key id; null where it holds none, which costs the same
  // as a forged signature and is answered the same. Errors: bad_signature.
  [[nodiscard]] Result<ProvenRequest> prove(PresentedRequest presented, const crypto::Ed25519PublicKey* key) const;
  // The one private-key operation. Errors: unsupported_key for another suite or key; malformed when it does not open.
  [[nodiscard]] Result<OpenedBody> open(const http::Request& request, const EnvelopeProfile& profile,
                                        const ProvenRequest& proven, Moment now) const;

 private:
  const ExchangeKeys& keys_;
  Authorities authorities_;
  crypto::Ed25519PublicKey dummy_key_;  // verified against when the key id is unknown
};

}  // namespace lindung::gateway
