// A message to the disclosure inbox as it travels and as it is kept: sealed to the security team's key, whose private
// half is in no server, and padded, so that its size tells little.
//   sealed    = enc(32) | HPKE of protocol.md section 2, info "lindung disclosure v1", of the padded text
//   padded    = length(4) | text | zeros up to the next 4 KiB
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hpke.h"

namespace lindung::domain {

inline constexpr std::size_t longest_disclosure = 64UL * 1024;  // bytes of text
inline constexpr std::size_t disclosure_step = 4096;
inline constexpr std::size_t disclosure_overhead = 32 + 16;  // enc | … | tag
inline constexpr std::size_t longest_sealed_disclosure = longest_disclosure + disclosure_step + disclosure_overhead;

// Errors: invalid_argument for a text that is empty; too_large.
[[nodiscard]] Result<Bytes> seal_disclosure(const crypto::X25519PublicKey& team, std::string_view text);
// For the server, which can open none: whether it can be one. Errors: malformed; too_large.
[[nodiscard]] Result<void> check_sealed_disclosure(BytesView sealed);
// Errors: malformed when it does not open under this key.
[[nodiscard]] Result<std::string> open_disclosure(const crypto::X25519PrivateKey& team, BytesView sealed);

// A receipt as its holder has it: 16 random bytes, base32 in small letters. Whoever holds it sees what became of it.
using DisclosureReceipt = ByteArray<16>;
[[nodiscard]] std::string receipt_text(const DisclosureReceipt& receipt);
// Errors: not_found for another shape: nothing is there under such a name.
[[nodiscard]] Result<DisclosureReceipt> parse_receipt(std::string_view text);

}  // namespace lindung::domain
