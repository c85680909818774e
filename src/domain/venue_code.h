// What a QR at a door holds (protocol.md section 6): a poster signed for months, or a screen's code of 30 seconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace lindung::domain {

inline constexpr std::size_t venue_code_head_size = 24;
inline constexpr std::size_t poster_code_size = 88;
inline constexpr std::size_t screen_code_size = 40;
inline constexpr seconds screen_step{30};
inline constexpr int screen_steps_accepted = 3;  // its own and the two after it

enum class VenueCodeKind : std::uint8_t { poster = 1, screen = 2 };

// A code whose shape is right. Not here: that its proof is.
struct VenueCode {
  VenueCodeKind kind{};
  VenueId venue;
  std::uint16_t key_id{};
  Moment time;  // poster: not valid after; screen: start of its step
  Bytes bytes;  // all of it

  [[nodiscard]] BytesView head() const noexcept { return BytesView{bytes}.first(venue_code_head_size); }
  [[nodiscard]] BytesView proof() const noexcept { return BytesView{bytes}.subspan(venue_code_head_size); }
};

// Errors: malformed for another length, version or kind (the exchange answers venue_refused).
[[nodiscard]] Result<VenueCode> parse_venue_code(BytesView bytes);

// The proof and the time. A poster's proof does not depend on the clock, so that it may be cached by digest.
[[nodiscard]] bool poster_is_genuine(const VenueCode& code, const crypto::Ed25519PublicKey& key) noexcept;
[[nodiscard]] bool screen_is_genuine(const VenueCode& code, const crypto::HmacKey& key) noexcept;
[[nodiscard]] bool is_current(const VenueCode& code, Moment now) noexcept;

[[nodiscard]] Bytes make_poster_code(const VenueId& venue, std::uint16_t key_id, Moment not_after,
                                     const crypto::Ed25519PrivateKey& key);
// `at` is floored to its step.
[[nodiscard]] Bytes make_screen_code(const VenueId& venue, std::uint16_t key_id, Moment at, const crypto::HmacKey& key);

// What an eye compares: on the poster, on the door's screen, and in the visitor's app beside the venue's name, so that
// a foreign sticker over a poster shows. 40 bits of a digest, "K7QX-3M2P"; nothing is proved by it.
[[nodiscard]] std::string venue_short_code(const VenueId& venue, std::uint16_t key_id);

// "LINDUNG:1:" + base32, the text in the QR; and back (malformed for anything else).
[[nodiscard]] std::string venue_code_text(BytesView code);
[[nodiscard]] Result<Bytes> venue_code_bytes(std::string_view text);

}  // namespace lindung::domain
