// A verifier key that is read is written again and compared: one spelling, and its id is its own.
#include "log/note_key.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "codec/utf8.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace lindung::log {
namespace {

// The spaces of Unicode (White_Space) beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces{
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83",
    "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
    "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

}  // namespace

bool is_key_name(std::string_view name) {
  return !name.empty() && codec::is_utf8(name) && std::ranges::none_of(name, [](char letter) {
    return static_cast<std::uint8_t>(letter) <= 0x20 || letter == 0x7f || letter == '+';
  }) && std::ranges::none_of(wide_spaces, [name](auto space) { return name.find(space) != std::string_view::npos; });
}

std::uint32_t note_key_id(std::string_view name, NoteKeyType type, const crypto::Ed25519PublicKey& key) {
  const ByteArray<2> between{'\n', static_cast<std::uint8_t>(type)};
  const auto digest = crypto::sha256({as_bytes(name), between, key.bytes()});
  return get_be<std::uint32_t>(digest);
}

std::string note_key_text(std::string_view name, NoteKeyType type, const crypto::Ed25519PublicKey& key) {
  ByteArray<note_key_id_size> id;
  put_be(MutableBytes{id}, note_key_id(name, type, key));
  Message typed;
  typed.u8(static_cast<std::uint8_t>(type)).raw(key.bytes());
  return std::string{name} + "+" + codec::hex(id) + "+" + codec::base64(typed.view());
}

Result<NoteKey> parse_note_key(std::string_view text, NoteKeyType type) {
  const auto first = text.find('+');
  if (first == std::string_view::npos) return fail(Errc::malformed, "a verifier key without a plus");
  const auto second = text.find('+', first + 1);
  if (second == std::string_view::npos) return fail(Errc::malformed, "a verifier key without a second plus");
  const auto name = text.substr(0, first);
  if (!is_key_name(name)) return fail(Errc::malformed, "a verifier key with another kind of name");
  TRY(bytes, codec::from_base64(text.substr(second + 1)));
  if (bytes.size() != 33 || bytes[0] != static_cast<std::uint8_t>(type)) {
    return fail(Errc::malformed, type == NoteKeyType::ed25519 ? "a verifier key that is not Ed25519"
                                                              : "a verifier key that is not a witness's (Ed25519)");
  }
  const auto key = crypto::Ed25519PublicKey::from_bytes(BytesView{bytes}.subspan(1));
  if (key.has_error()) return fail(Errc::malformed, "a verifier key that is no point");
  if (note_key_text(name, type, key.value()) != text) {
    return fail(Errc::malformed, "a verifier key whose id is not its own");
  }
  return NoteKey{.name = std::string{name}, .key = key.value()};
}

}  // namespace lindung::log
