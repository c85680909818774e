// Decisions of devices and questions of carriers from strangers: what is read has one spelling.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "domain/border_decision.h"
#include "domain/carrier_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const BytesView bytes{data, size};
  const auto decision = domain::read_decision(bytes);
  if (decision && !std::ranges::equal(domain::decision_bytes(decision.value()), bytes)) std::abort();
  const auto question = domain::parse_carrier_question(bytes);
  if (question && !std::ranges::equal(domain::encode(question.value()), bytes)) std::abort();
  static_cast<void>(domain::parse_carrier_answer(bytes));
  return 0;
}
