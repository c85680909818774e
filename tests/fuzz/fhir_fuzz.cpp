// Any bytes are an import that balances, and reading them twice gives the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/fhir.h"
#include "domain/import.h"
#include "domain/record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lindung;
  const domain::ImportContext context{.issuer = IssuerId{"fuzz"}, .import_id = "1", .now = moment_of(1'640'995'200)};
  const domain::fhir::Limits limits{.resource_bytes = 4096, .depth = 16};
  const auto all = domain::fhir::read({data, size}, context, limits);
  if (all.has_error() || !all.value().balance.holds()) std::abort();
  if (all.value().rejected.size() != all.value().balance.rejected) std::abort();
  if (all.value().quarantined.size() != all.value().balance.quarantined) std::abort();
  for (const auto& person : all.value().people) {
    for (const auto& record : person.records) {
      const auto again = domain::decode_record(domain::encode(record));
      if (again.has_error() || !(again.value() == record)) std::abort();
    }
  }
  // In parts of one row the same rows come out.
  const domain::fhir::File file{.bytes = {data, size}};
  const auto parts = domain::fhir::read(
      std::span{&file, 1}, context, 1, [](domain::ReadBatch&&) -> Result<void> { return ok(); }, limits);
  if (parts.has_error() || !(parts.value() == all.value().balance)) std::abort();
  return 0;
}
