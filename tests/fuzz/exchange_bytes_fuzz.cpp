// The fixed layouts of the exchange: question, bundle, answer, venue code. What is read is written again as the same
// bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/question.h"
#include "domain/venue_code.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;  // NOLINT: a program of one function
  const BytesView input{data, size};
  domain::QuestionBytes bytes{};
  std::copy_n(input.begin(), std::min(input.size(), bytes.size()), bytes.begin());

  // Near its own client time, so that this check is not all that is ever reached.
  const auto now = moment_of(get_be<std::uint64_t>(BytesView{bytes}.subspan(48, 8)) & 0xFFFFFFFFFFU);
  const auto question = domain::parse_question(bytes, now);
  if (question.has_value() && domain::encode(question.value()) != bytes) __builtin_trap();

  const auto bundle = domain::parse_bundle(input, now);
  if (bundle.has_value()) {
    std::vector<domain::QuestionBytes> slots;
    for (const auto& each : bundle.value()) slots.push_back(each.plaintext);
    const auto slots_of_all = (input.size() - domain::bundle_size(0)) / domain::question_size;
    if (!std::ranges::equal(domain::encode_bundle(slots, slots_of_all), input)) __builtin_trap();
  }
  static_cast<void>(domain::parse_bundle_answer(input).has_value());

  const auto answer = domain::parse_answer(bytes);
  if (answer.has_value() && domain::committed_head(answer.value())[1] != bytes[1]) __builtin_trap();

  const auto code = domain::parse_venue_code(input);
  if (code.has_value()) {
    const auto again = domain::venue_code_bytes(domain::venue_code_text(input));
    if (again.has_error() || !std::ranges::equal(again.value(), input)) __builtin_trap();
  }
  static_cast<void>(domain::venue_code_bytes(as_text(input)).has_value());
  return 0;
}
