#include "log/cosignature.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/note_key.h"

namespace lindung::log {
namespace {

constexpr std::size_t time_size = 8;
constexpr std::size_t signature_size = 64;
constexpr std::uint64_t time_limit = std::uint64_t{1} << 62U;  // what moment_of() keeps; the document allows 2^63 - 1

std::string cosigned_message(std::string_view text, std::uint64_t at) {
  std::string message{"cosignature/v1\ntime "};
  message.append(std::to_string(at)).append("\n").append(text);
  return message;
}

}  // namespace

Result<WitnessKey> WitnessKey::make(std::string name, const crypto::Ed25519PublicKey& key) {
  if (!is_key_name(name)) return fail(Errc::invalid_argument, "not the name of a witness's key");
  const auto key_id = note_key_id(name, NoteKeyType::cosignature, key);
  return WitnessKey{std::move(name), key_id, key};
}

Result<WitnessKey> WitnessKey::parse(std::string_view text) {
  TRY(parsed, parse_note_key(text, NoteKeyType::cosignature));
  return make(std::move(parsed.name), parsed.key);
}

std::string WitnessKey::text() const { return note_key_text(name_, NoteKeyType::cosignature, key_); }

NoteSignature cosign(std::string_view text, Moment at, const WitnessKey& witness,
                     const crypto::Ed25519PrivateKey& key) {
  const auto time = unix_seconds(at);
  Message out;
  out.be(time).raw(key.sign(as_bytes(cosigned_message(text, time))));
  return {.name = witness.name(), .key_id = witness.key_id(), .signature = out.take()};
}

Result<std::optional<Moment>> cosigned_at(const Note& note, const WitnessKey& witness) {
  std::optional<Moment> found;
  for (const auto& line : note.signatures) {
    if (line.name != witness.name() || line.key_id != witness.key_id()) continue;
    if (found) return fail(Errc::malformed, "a checkpoint with two cosignatures of one witness");
    if (line.signature.size() != time_size + signature_size) {
      return fail(Errc::bad_signature, "a cosignature of another length");
    }
    const BytesView bytes{line.signature};
    const auto time = get_be<std::uint64_t>(bytes);
    if (time > time_limit) return fail(Errc::malformed, "a cosignature of a time beyond the calendar");
    if (!witness.key().verifies(as_bytes(cosigned_message(note.text, time)),
                                take<signature_size>(bytes.subspan(time_size)))) {
      return fail(Errc::bad_signature, "a cosignature of " + witness.name() + " that is wrong");
    }
    found = moment_of(time);
  }
  return found;
}

Result<std::vector<SeenBy>> require_witnesses(const Note& note, std::span<const WitnessKey> witnesses,
                                              std::size_t need) {
  if (need > witnesses.size()) return fail(Errc::invalid_argument, "more witnesses are needed than were named");
  std::vector<SeenBy> seen;
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    const auto& witness = witnesses[i];
    // By key, too: one witness under two names would count twice.
    if (std::ranges::any_of(witnesses.first(i), [&](const auto& other) { return other.key() == witness.key(); })) {
      return fail(Errc::invalid_argument, "a witness that was named twice");
    }
    TRY(at, cosigned_at(note, witness));
    if (at) seen.push_back({.witness = witness.name(), .at = *at});
  }
  if (seen.size() < need) {
    return fail(Errc::bad_signature, "the checkpoint has the cosignatures of " + std::to_string(seen.size()) +
                                         " of the named witnesses, and " + std::to_string(need) + " are needed");
  }
  return seen;
}

}  // namespace lindung::log
