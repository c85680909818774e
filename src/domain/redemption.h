// A partner redeems the one-time code of a consent: the plaintexts of request and reply, 256 bytes each with fixed
// offsets (docs/consent.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "domain/link_token.h"
#include "domain/partner.h"

namespace lindung::domain {

inline constexpr std::size_t redemption_size = 256;
using RedemptionBytes = ByteArray<redemption_size>;

// RFC 7636 section 4.1.
inline constexpr std::size_t verifier_min = 43;
inline constexpr std::size_t verifier_max = 128;
[[nodiscard]] bool is_verifier(std::string_view text) noexcept;
// SHA-256 of the verifier, which the method S256 writes as base64url (section 4.2).
[[nodiscard]] Hash challenge_of(std::string_view verifier) noexcept;

struct Redemption {
  RequestId request_id;  // random, once for each code: a repetition carries the same
  ByteArray<32> code{};
  std::string verifier;
};
[[nodiscard]] RedemptionBytes encode(const Redemption& redemption);
// Errors: malformed for another version, a verifier that is none, a byte that should be zero.
[[nodiscard]] Result<Redemption> parse_redemption(BytesView bytes);

// Refusals say what was wrong to the partner alone: the reply is sealed for it.
enum class RedemptionOutcome : std::uint8_t {
  granted = 1,
  unknown_code = 2,    // another partner's too
  late_code = 3,       // 60 seconds are over
  used_code = 4,       // under another request id
  wrong_verifier = 5,  // RFC 7636 section 4.6
};
[[nodiscard]] std::string_view name_of(RedemptionOutcome outcome) noexcept;

struct RedemptionAnswer {
  RedemptionOutcome outcome{};
  RequestId request_id;
  // Of a granted one only.
  LinkToken token{};
  ConsentId consent{};
  Profile profile{Profile::colour};
  Moment until{};
  std::uint64_t log_index{};
};
[[nodiscard]] RedemptionBytes encode(const RedemptionAnswer& answer);
// Errors: malformed.
[[nodiscard]] Result<RedemptionAnswer> parse_redemption_answer(BytesView bytes);

}  // namespace lindung::domain
