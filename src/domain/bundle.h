// Many questions in one request: the plaintext of a bundle and of its reply (docs/adr/0015-bundles.md). Each slot holds
// what a request of its own would hold, and is answered as that would be.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"

namespace lindung::domain {

// A bundle has one of these sizes, however many questions are in it.
inline constexpr std::array<std::size_t, 2> bundle_slots{16, 64};
[[nodiscard]] constexpr std::size_t bundle_size(std::size_t slots) noexcept {
  constexpr std::size_t head = 8;  // version(1)=1 | count(1) | reserved(6)
  return head + (slots * question_size);
}

struct BundledQuestion {
  Question question;
  QuestionBytes plaintext{};
};
// Errors: malformed for a length of no bundle, another version, no question or more than slots, a reserved byte or an
// unused slot that is not zero, a slot that is no question (question.h), a request id that stands twice.
[[nodiscard]] Result<std::vector<BundledQuestion>> parse_bundle(BytesView plaintext, Moment now);
// Shape: at most `slots` questions.
[[nodiscard]] Bytes encode_bundle(std::span<const QuestionBytes> questions, std::size_t slots);

// What came of one slot. Errors: replay_conflict, quota, malformed, and no other: what concerns the partner or the
// store concerns the whole bundle.
struct BundledAnswer {
  RequestId request_id;
  Result<Answer> answer;
};
[[nodiscard]] bool is_of_one_slot(Errc code) noexcept;
[[nodiscard]] Bytes encode_bundle_answer(std::span<const BundledAnswer> answers, std::size_t slots);
// Errors: malformed.
[[nodiscard]] Result<std::vector<BundledAnswer>> parse_bundle_answer(BytesView plaintext);

}  // namespace lindung::domain
