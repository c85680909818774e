// What a partner asks: the plaintext of a request, 256 bytes with fixed offsets (protocol.md section 4).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/link_token.h"

namespace lindung::domain {

inline constexpr std::size_t question_size = 256;
inline constexpr std::size_t venue_code_max = 160;

enum class Operation : std::uint8_t { status = 1, check_in = 2, check_out = 3 };

struct Question {
  Operation operation{};
  RequestId request_id;
  LinkToken token;
  Moment client_time;  // when it was first asked; the same in each retry
  Bytes venue_code;    // empty: status without a venue
};

using QuestionBytes = ByteArray<question_size>;

// Errors: malformed for another version, operation, a non-zero reserved byte, a venue code longer than its field or
// missing where it must be, a client time outside [now - 24 h, now + 30 s].
[[nodiscard]] Result<Question> parse_question(const QuestionBytes& bytes, Moment now);
[[nodiscard]] QuestionBytes encode(const Question& question);

}  // namespace lindung::domain
