// What the log signs: size and root of the tree, as a C2SP tlog-checkpoint in a C2SP signed note with Ed25519.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ed25519.h"

namespace lindung::log {

struct Checkpoint {
  std::string origin;
  std::uint64_t size{};
  Hash root{};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// A signature line of a note; what `signature` is depends on the key that it belongs to.
struct NoteSignature {
  std::string name;
  std::uint32_t key_id{};
  Bytes signature;
};

// One line, without its newline. Errors: malformed.
[[nodiscard]] Result<NoteSignature> parse_note_signature(std::string_view line);

// Text that ends with a newline, and one signature or more; unknown ones (cosignatures of witnesses) are kept.
struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;
  // Source: C2SP signed-note, "Format".
  [[nodiscard]] std::string encode() const;
};
// Errors: malformed for anything that is not a signed note, and for base64 in a second spelling; too_large over 1 MiB
// or 64 signatures.
[[nodiscard]] Result<Note> parse_note(std::string_view note);

// The public half of a log's key together with its name, the origin: what whoever verifies the log holds.
class VerifierKey {
 public:
  // Errors: invalid_argument for a name that is empty, is not UTF-8 or has spaces, control characters or a plus.
  [[nodiscard]] static Result<VerifierKey> make(std::string name, const crypto::Ed25519PublicKey& key);
  // Shape: NAME "+" 8 hex digits of the key id "+" base64 of 0x01 | public key. Errors: malformed.
  [[nodiscard]] static Result<VerifierKey> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  // First four bytes of SHA-256(name | "\n" | 0x01 | public key). Source: C2SP signed-note, "Ed25519 signatures".
  [[nodiscard]] std::uint32_t key_id() const noexcept { return key_id_; }
  [[nodiscard]] const crypto::Ed25519PublicKey& key() const noexcept { return key_; }

 private:
  VerifierKey(std::string name, std::uint32_t key_id, const crypto::Ed25519PublicKey& key)
      : name_{std::move(name)}, key_id_{key_id}, key_{key} {}
  std::string name_;
  std::uint32_t key_id_;
  crypto::Ed25519PublicKey key_;
};

// The note text of a checkpoint: origin, size, base64 root, a line each.
[[nodiscard]] std::string text_of(const Checkpoint& checkpoint);
// Errors: malformed for another shape, a size with leading zeros, extension lines (this log writes none).
[[nodiscard]] Result<Checkpoint> parse_checkpoint_text(std::string_view text);

// Errors: invalid_argument for an origin that cannot be the name of a key.
[[nodiscard]] Result<Note> sign_checkpoint(const Checkpoint& checkpoint, const crypto::Ed25519PrivateKey& key);

// Errors: too_large and malformed as above; bad_signature if no signature is by the key, or one of them is wrong;
// malformed if the origin is not the name of the key.
[[nodiscard]] Result<Checkpoint> open_checkpoint(std::string_view note, const VerifierKey& key);

}  // namespace lindung::log
