// What a witness adds to a checkpoint: that at this time the tree was the largest that it had seen of this log, and
// continued all those before. C2SP tlog-cosignature, version 1: Ed25519 with a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"

namespace lindung::log {

// The public half of a witness's key with its name.
class WitnessKey {
 public:
  // Errors: invalid_argument for a name that no key may have.
  [[nodiscard]] static Result<WitnessKey> make(std::string name, const crypto::Ed25519PublicKey& key);
  // Shape: NAME "+" 8 hex digits of the key id "+" base64 of 0x04 | public key. Errors: malformed.
  [[nodiscard]] static Result<WitnessKey> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint32_t key_id() const noexcept { return key_id_; }
  [[nodiscard]] const crypto::Ed25519PublicKey& key() const noexcept { return key_; }
  friend bool operator==(const WitnessKey& a, const WitnessKey& b) { return a.name_ == b.name_ && a.key_ == b.key_; }

 private:
  WitnessKey(std::string name, std::uint32_t key_id, const crypto::Ed25519PublicKey& key)
      : name_{std::move(name)}, key_id_{key_id}, key_{key} {}
  std::string name_;
  std::uint32_t key_id_;
  crypto::Ed25519PublicKey key_;
};

// `text` is a note's text, whole. Shape of the signature: time (64 bits, big-endian) | Ed25519 signature.
// Source: C2SP tlog-cosignature, "Ed25519 signed message".
[[nodiscard]] NoteSignature cosign(std::string_view text, Moment at, const WitnessKey& witness,
                                   const crypto::Ed25519PrivateKey& key);

// When the witness saw it; none when the note holds no line of this witness.
// Errors: bad_signature for a line of this witness that is wrong; malformed for two of them, or a time beyond 2^62.
[[nodiscard]] Result<std::optional<Moment>> cosigned_at(const Note& note, const WitnessKey& witness);

struct SeenBy {
  std::string witness;
  Moment at;
};
// The witnesses whose cosignatures a checkpoint holds.
// Errors: bad_signature when they are fewer than `need`, or one of them is wrong; invalid_argument when more are needed
// than are named, or two of those named are one.
[[nodiscard]] Result<std::vector<SeenBy>> require_witnesses(const Note& note, std::span<const WitnessKey> witnesses,
                                                            std::size_t need);

}  // namespace lindung::log
