#include "domain/venue_code.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace lindung::domain {

namespace {

constexpr std::uint8_t code_version = 1;
constexpr std::size_t screen_proof_size = 16;
constexpr std::string_view signed_label = "lindung venue v1";
constexpr std::string_view short_label = "lindung venue short v1";
constexpr std::size_t short_code_size = 5;
constexpr std::string_view text_prefix = "LINDUNG:1:";
constexpr ByteArray<1> separator{0};

Bytes head_of(VenueCodeKind kind, const VenueId& venue, std::uint16_t key_id, Moment time) {
  return Message{poster_code_size}
      .u8(code_version)
      .u8(static_cast<std::uint8_t>(kind))
      .raw(venue.bytes())
      .be(key_id)
      .be(static_cast<std::uint32_t>(unix_seconds(time)))
      .take();
}

Bytes signed_message(BytesView head) { return Message{}.text(signed_label).u8(0).raw(head).take(); }

}  // namespace

Result<VenueCode> parse_venue_code(BytesView bytes) {
  if (bytes.size() != poster_code_size && bytes.size() != screen_code_size) {
    return fail(Errc::malformed, "venue code: length");
  }
  if (bytes[0] != code_version) return fail(Errc::malformed, "venue code: version");
  const auto kind = static_cast<VenueCodeKind>(bytes[1]);
  const bool is_poster = kind == VenueCodeKind::poster && bytes.size() == poster_code_size;
  const bool is_screen = kind == VenueCodeKind::screen && bytes.size() == screen_code_size;
  if (!is_poster && !is_screen) return fail(Errc::malformed, "venue code: kind");
  return VenueCode{.kind = kind,
                   .venue = VenueId{take<16>(bytes.subspan(2))},
                   .key_id = get_be<std::uint16_t>(bytes.subspan(18, 2)),
                   .time = moment_of(get_be<std::uint32_t>(bytes.subspan(20, 4))),
                   .bytes = to_bytes(bytes)};
}

bool poster_is_genuine(const VenueCode& code, const crypto::Ed25519PublicKey& key) noexcept {
  if (code.kind != VenueCodeKind::poster) return false;
  return key.verifies(signed_message(code.head()), take<64>(code.proof()));
}

bool screen_is_genuine(const VenueCode& code, const crypto::HmacKey& key) noexcept {
  if (code.kind != VenueCodeKind::screen) return false;
  const auto mac = key.mac({as_bytes(signed_label), separator, code.head()});
  return equal_secret(BytesView{mac}.first(screen_proof_size), code.proof());
}

bool is_current(const VenueCode& code, Moment now) noexcept {
  if (code.kind == VenueCodeKind::poster) return now <= code.time;
  if (unix_seconds(code.time) % static_cast<std::uint64_t>(screen_step.count()) != 0) return false;
  return code.time <= now && now < code.time + screen_steps_accepted * screen_step;
}

Bytes make_poster_code(const VenueId& venue, std::uint16_t key_id, Moment not_after,
                       const crypto::Ed25519PrivateKey& key) {
  auto code = head_of(VenueCodeKind::poster, venue, key_id, not_after);
  const auto proof = key.sign(signed_message(code));
  code.insert(code.end(), proof.begin(), proof.end());
  return code;
}

Bytes make_screen_code(const VenueId& venue, std::uint16_t key_id, Moment at, const crypto::HmacKey& key) {
  const auto step = static_cast<std::uint64_t>(screen_step.count());
  auto code = head_of(VenueCodeKind::screen, venue, key_id, moment_of(unix_seconds(at) / step * step));
  const auto mac = key.mac({as_bytes(signed_label), separator, code});
  code.insert(code.end(), mac.begin(), mac.begin() + screen_proof_size);
  return code;
}

std::string venue_short_code(const VenueId& venue, std::uint16_t key_id) {
  const auto digest = crypto::sha256(Message{}.text(short_label).u8(0).raw(venue.bytes()).be(key_id).take());
  auto letters = codec::base32(BytesView{digest}.first(short_code_size));
  letters.insert(letters.size() / 2, "-");
  return letters;
}

std::string venue_code_text(BytesView code) { return std::string{text_prefix} + codec::base32(code); }

Result<Bytes> venue_code_bytes(std::string_view text) {
  if (!text.starts_with(text_prefix)) return fail(Errc::malformed, "venue code: prefix");
  return codec::from_base32(text.substr(text_prefix.size()));
}

}  // namespace lindung::domain
