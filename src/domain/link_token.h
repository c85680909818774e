// The opaque name of one citizen at one partner (protocol.md section 7): 0x01 | random(19) | tag(8). Nothing in it
// derives from a person; its tag tells which partner leaked it.
#pragma once

#include "base/bytes.h"
#include "crypto/digest.h"

namespace lindung::domain {

inline constexpr std::size_t link_token_size = 28;
inline constexpr std::size_t link_token_random_size = 19;
inline constexpr std::uint8_t link_token_version = 1;

// Privacy: pseudonymous; never stored, never logged. The store keeps an HMAC of it.
struct LinkToken {
  ByteArray<link_token_size> bytes{};
  friend bool operator==(const LinkToken&, const LinkToken&) = default;
};

[[nodiscard]] LinkToken make_link_token(const crypto::HmacKey& trace_key,
                                        const ByteArray<link_token_random_size>& random) noexcept;

// True when the token's tag was made under this trace key; chance of error 2^-64. For attribution of leaks only: the
// exchange never checks it (protocol.md section 5, `unlinked`).
[[nodiscard]] bool is_traced_by(const LinkToken& token, const crypto::HmacKey& trace_key) noexcept;

// The token that follows `current`, the same each time it is asked for (protocol.md section 7, rotation).
[[nodiscard]] LinkToken next_link_token(const crypto::HmacKey& rotation_key, const crypto::HmacKey& trace_key,
                                        const LinkToken& current) noexcept;

}  // namespace lindung::domain
