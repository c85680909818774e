// The note is split at its last empty line; nothing in it is believed before the signature was verified.
#include "log/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "codec/utf8.h"
#include "crypto/ed25519.h"
#include "log/note_key.h"

namespace lindung::log {
namespace {

constexpr std::size_t note_limit = std::size_t{1} << 20U;
constexpr std::size_t signature_limit = 64;  // C2SP signed-note: at least 16 are accepted
constexpr std::size_t key_id_size = note_key_id_size;
constexpr std::string_view dash = "\xe2\x80\x94 ";  // U+2014 and a space

// The text up to the next newline, which must be there; both are taken off the front.
Result<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return fail(Errc::malformed, "a line without an end");
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

}  // namespace

Result<NoteSignature> parse_note_signature(std::string_view line) {
  if (!line.starts_with(dash)) return fail(Errc::malformed, "a signature line that does not begin with a dash");
  line.remove_prefix(dash.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return fail(Errc::malformed, "a signature line without a signature");
  const auto name = line.substr(0, space);
  if (!is_key_name(name)) return fail(Errc::malformed, "a signature line without the name of a key");
  auto bytes = codec::from_base64(line.substr(space + 1));
  if (bytes.has_error()) return fail("a signature line", std::move(bytes).error());
  if (bytes.value().size() <= key_id_size) return fail(Errc::malformed, "a signature line that is too short");
  const BytesView view{bytes.value()};
  return NoteSignature{.name = std::string{name},
                       .key_id = get_be<std::uint32_t>(view),
                       .signature = to_bytes(view.subspan(key_id_size))};
}

std::string Note::encode() const {
  std::string out = text + "\n";
  for (const auto& line : signatures) {
    Message bytes;
    bytes.be(line.key_id).raw(line.signature);
    out.append(dash).append(line.name).append(" ").append(codec::base64(bytes.view())).append("\n");
  }
  return out;
}

Result<Note> parse_note(std::string_view note) {
  if (note.size() > note_limit) return fail(Errc::too_large, "a signed note over 1 MiB");
  if (!codec::is_utf8(note)) return fail(Errc::malformed, "a signed note that is not UTF-8");
  if (std::ranges::any_of(note,
                          [](char letter) { return static_cast<std::uint8_t>(letter) < 0x20 && letter != '\n'; })) {
    return fail(Errc::malformed, "a signed note with control characters");
  }
  const auto split = note.rfind("\n\n");
  if (split == std::string_view::npos || split == 0)
    return fail(Errc::malformed, "a signed note without an empty line");
  Note out{.text = std::string{note.substr(0, split + 1)}, .signatures = {}};
  for (auto rest = note.substr(split + 2); !rest.empty();) {
    if (out.signatures.size() == signature_limit)
      return fail(Errc::too_large, "a signed note with too many signatures");
    TRY(line, take_line(rest));
    TRY(signature, parse_note_signature(line));
    out.signatures.push_back(std::move(signature));
  }
  if (out.signatures.empty()) return fail(Errc::malformed, "a signed note without a signature");
  return out;
}

Result<VerifierKey> VerifierKey::make(std::string name, const crypto::Ed25519PublicKey& key) {
  if (!is_key_name(name)) return fail(Errc::invalid_argument, "not the name of a log's key");
  const auto key_id = note_key_id(name, NoteKeyType::ed25519, key);
  return VerifierKey{std::move(name), key_id, key};
}

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
  TRY(parsed, parse_note_key(text, NoteKeyType::ed25519));
  return make(std::move(parsed.name), parsed.key);
}

std::string VerifierKey::text() const { return note_key_text(name_, NoteKeyType::ed25519, key_); }

std::string text_of(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + codec::base64(checkpoint.root) + "\n";
}

Result<Checkpoint> parse_checkpoint_text(std::string_view text) {
  Checkpoint out;
  std::string_view rest = text;
  TRY(origin, take_line(rest));
  if (origin.empty()) return fail(Errc::malformed, "a checkpoint without an origin");
  out.origin = origin;
  TRY(size, take_line(rest));
  const auto* const end = size.data() + size.size();
  const auto [stopped, error] = std::from_chars(size.data(), end, out.size);
  if (error != std::errc{} || stopped != end || std::to_string(out.size) != size) {
    return fail(Errc::malformed, "a checkpoint whose size is no number");
  }
  TRY(root, take_line(rest));
  if (codec::from_base64(root, out.root).has_error()) {
    return fail(Errc::malformed, "a checkpoint whose root is no hash");
  }
  if (!rest.empty()) return fail(Errc::malformed, "a checkpoint with more lines than three");
  return out;
}

Result<Note> sign_checkpoint(const Checkpoint& checkpoint, const crypto::Ed25519PrivateKey& key) {
  TRY(verifier, VerifierKey::make(checkpoint.origin, key.public_key()));
  auto text = text_of(checkpoint);
  const auto signature = key.sign(as_bytes(text));
  return Note{.text = std::move(text),
              .signatures = {{.name = verifier.name(), .key_id = verifier.key_id(), .signature = to_bytes(signature)}}};
}

Result<Checkpoint> open_checkpoint(std::string_view note, const VerifierKey& key) {
  TRY(parsed, parse_note(note));
  bool verified = false;
  for (const auto& line : parsed.signatures) {
    if (line.name != key.name() || line.key_id != key.key_id()) continue;
    if (verified) return fail(Errc::malformed, "a checkpoint with two signatures of one key");
    crypto::Ed25519Signature signature;
    if (line.signature.size() != signature.size()) return fail(Errc::bad_signature, "a signature of another length");
    std::ranges::copy(line.signature, signature.begin());
    if (!key.key().verifies(as_bytes(parsed.text), signature)) {
      return fail(Errc::bad_signature, "a checkpoint whose signature is wrong");
    }
    verified = true;
  }
  if (!verified) return fail(Errc::bad_signature, "a checkpoint that the key did not sign");
  TRY(checkpoint, parse_checkpoint_text(parsed.text));
  if (checkpoint.origin != key.name()) return fail(Errc::malformed, "a checkpoint of another origin");
  return checkpoint;
}

}  // namespace lindung::log
