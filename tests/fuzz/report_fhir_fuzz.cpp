// Reads bytes as a report in FHIR: what is accepted keeps the rules of a report, and a refusal quotes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/time.h"
#include "domain/report.h"
#include "domain/report_fhir.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr auto now = lindung::moment_of(1'788'264'000);
  const auto report = lindung::domain::read_report_bundle({data, size}, now);
  if (report.has_error()) {
    constexpr std::size_t longest_detail = 256;
    if (report.error().detail.empty() || report.error().detail.size() > longest_detail) std::abort();
    return 0;
  }
  if (lindung::domain::check(report.value(), now).has_error()) std::abort();
  if (lindung::domain::parse_report(lindung::domain::encode(report.value()), now).has_error()) std::abort();
  return 0;
}
