// What the gateway answers: the plaintext of a response, 256 bytes with fixed offsets (protocol.md section 5), and what
// ties it to its log entry.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/question.h"

namespace lindung::domain {

inline constexpr std::size_t answer_size = 256;
inline constexpr std::size_t answer_head_size = 36;  // what the log entry commits to: bytes 0..35

enum class Outcome : std::uint8_t { unlinked, allow, deny, venue_refused, venue_full, over_quota };
[[nodiscard]] std::string_view name_of(Outcome outcome) noexcept;

struct Answer {
  Outcome outcome{};
  Colour colour{};
  bool answered_before{};
  RequestId request_id;
  Moment answered_at;
  std::uint64_t log_index{};
  Hash leaf_hash{};
  ByteArray<link_token_size> next_token{};  // zeros: none is offered
  ByteArray<16> opening{};
  Hash evidence{};

  // 10 * floor((answered at + 60) / 10), never shortened.
  [[nodiscard]] Moment valid_until() const noexcept;
};

using AnswerBytes = ByteArray<answer_size>;
using AnswerHead = ByteArray<answer_head_size>;

[[nodiscard]] AnswerBytes encode(const Answer& answer);
// Errors: malformed for another version, outcome or colour; bytes not named are ignored.
[[nodiscard]] Result<Answer> parse_answer(const AnswerBytes& bytes);

// Bytes 0..35 with flags = 0.
[[nodiscard]] AnswerHead committed_head(const Answer& answer);

// SHA-256(signature base | signature) of the request that was answered first.
[[nodiscard]] Hash evidence_of(std::string_view signature_base, BytesView signature) noexcept;

// HMAC-SHA256(opening, "lindung answer v1" | 0x00 | evidence | question | head) (protocol.md section 5).
[[nodiscard]] Hash commitment_of(const Answer& answer, const QuestionBytes& question);

}  // namespace lindung::domain
