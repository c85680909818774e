// Reads bytes as a report and as the answer to one: whatever is accepted has one spelling.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/time.h"
#include "domain/report.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const lindung::BytesView input{data, size};
  constexpr auto now = lindung::moment_of(1'788'264'000);
  if (const auto report = lindung::domain::parse_report(input, now)) {
    if (!std::ranges::equal(lindung::domain::encode(report.value()), input)) std::abort();
  }
  if (const auto answer = lindung::domain::parse_report_answer(input)) {
    if (!std::ranges::equal(lindung::domain::encode(answer.value()), input)) std::abort();
  }
  return 0;
}
