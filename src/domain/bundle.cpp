#include "domain/bundle.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"

namespace lindung::domain {

namespace {

constexpr std::uint8_t bundle_version = 1;
constexpr std::size_t count_at = 1;
constexpr std::size_t reserved_at = 2;
constexpr std::size_t head_size = bundle_size(0);
static_assert(question_size == answer_size);

// Where an answer has its outcome, a slot that got none has the reason. No outcome of an answer is as large.
constexpr std::size_t outcome_at = 1;
constexpr std::size_t request_id_at = 4;
constexpr std::array<std::pair<std::uint8_t, Errc>, 3> refusals{
    {{16, Errc::replay_conflict}, {17, Errc::quota}, {18, Errc::malformed}}};

// The slots in use. Errors: malformed.
Result<std::vector<BytesView>> read_slots(BytesView plaintext) {
  const auto slots = std::ranges::find(bundle_slots, plaintext.size(), &bundle_size);
  if (slots == bundle_slots.end()) return fail(Errc::malformed, "length of the bundle");
  if (plaintext[0] != bundle_version) return fail(Errc::malformed, "version of the bundle");
  const std::size_t count = plaintext[count_at];
  if (count < 1 || count > *slots) return fail(Errc::malformed, "number of questions");
  if (!all_zero(plaintext.subspan(reserved_at, head_size - reserved_at)) ||
      !all_zero(plaintext.subspan(bundle_size(count)))) {
    return fail(Errc::malformed, "reserved byte of the bundle");
  }
  std::vector<BytesView> used;
  for (std::size_t i = 0; i < count; ++i) used.push_back(plaintext.subspan(bundle_size(i), question_size));
  return used;
}

MutableBytes begin(Bytes& bundle, std::size_t count, std::size_t slots) {
  bundle.resize(bundle_size(slots));
  bundle[0] = bundle_version;
  bundle[count_at] = static_cast<std::uint8_t>(count);
  return MutableBytes{bundle};
}

}  // namespace

Result<std::vector<BundledQuestion>> parse_bundle(BytesView plaintext, Moment now) {
  TRY(slots, read_slots(plaintext));
  std::vector<BundledQuestion> questions;
  questions.reserve(slots.size());
  std::set<RequestId> ids;
  for (const auto slot : slots) {
    const auto bytes = take<question_size>(slot);
    TRY(question, parse_question(bytes, now));
    if (!ids.insert(question.request_id).second) return fail(Errc::malformed, "a request id stands twice");
    questions.push_back({.question = std::move(question), .plaintext = bytes});
  }
  return questions;
}

Bytes encode_bundle(std::span<const QuestionBytes> questions, std::size_t slots) {
  Bytes bundle;
  const auto out = begin(bundle, questions.size(), slots);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    std::ranges::copy(questions[i], out.subspan(bundle_size(i)).begin());
  }
  return bundle;
}

bool is_of_one_slot(Errc code) noexcept {
  return std::ranges::find(refusals, code, &decltype(refusals)::value_type::second) != refusals.end();
}

Bytes encode_bundle_answer(std::span<const BundledAnswer> answers, std::size_t slots) {
  Bytes bundle;
  const auto out = begin(bundle, answers.size(), slots);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto slot = out.subspan(bundle_size(i), answer_size);
    const auto& answer = answers[i].answer;
    if (answer.has_value()) {
      std::ranges::copy(encode(answer.value()), slot.begin());
      continue;
    }
    const auto refusal = std::ranges::find(refusals, answer.error().code, &decltype(refusals)::value_type::second);
    slot[0] = bundle_version;
    slot[outcome_at] = refusal == refusals.end() ? refusals.back().first : refusal->first;
    std::ranges::copy(answers[i].request_id.value(), slot.subspan(request_id_at).begin());
  }
  return bundle;
}

Result<std::vector<BundledAnswer>> parse_bundle_answer(BytesView plaintext) {
  TRY(slots, read_slots(plaintext));
  std::vector<BundledAnswer> answers;
  answers.reserve(slots.size());
  for (const auto slot : slots) {
    const RequestId id{take<16>(slot.subspan(request_id_at))};
    const auto refusal = std::ranges::find(refusals, slot[outcome_at], &decltype(refusals)::value_type::first);
    if (refusal != refusals.end()) {
      answers.push_back({.request_id = id, .answer = fail(refusal->second)});
      continue;
    }
    TRY(answer, parse_answer(take<answer_size>(slot)));
    answers.push_back({.request_id = id, .answer = answer});
  }
  return answers;
}

}  // namespace lindung::domain
