// What verifier keys of all kinds in signed notes have in common: a name, a type and an id (C2SP signed-note).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/ed25519.h"

namespace lindung::log {

inline constexpr std::size_t note_key_id_size = 4;

// The kinds that we read. Source: C2SP signed-note, "Signature types"; C2SP tlog-cosignature, "Format".
enum class NoteKeyType : std::uint8_t { ed25519 = 0x01, cosignature = 0x04 };

// Neither empty nor with spaces, control characters or a plus; UTF-8.
[[nodiscard]] bool is_key_name(std::string_view name);

// First four bytes of SHA-256(name | "\n" | type | public key).
[[nodiscard]] std::uint32_t note_key_id(std::string_view name, NoteKeyType type, const crypto::Ed25519PublicKey& key);

// NAME "+" 8 hex digits of the key id "+" base64 of type | public key.
[[nodiscard]] std::string note_key_text(std::string_view name, NoteKeyType type, const crypto::Ed25519PublicKey& key);

struct NoteKey {
  std::string name;
  crypto::Ed25519PublicKey key;
};
// Errors: malformed for anything but what note_key_text() gives for a key of that type.
[[nodiscard]] Result<NoteKey> parse_note_key(std::string_view text, NoteKeyType type);

}  // namespace lindung::log
