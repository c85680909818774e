// The files of an import, whatever their format: FHIR in JSON or NDJSON, CSV, each of them compressed with gzip or not,
// told apart by their content.
#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/fhir.h"
#include "domain/import.h"

namespace lindung::domain {

struct ImportLimits {
  fhir::Limits rows{};
  std::size_t inflated_bytes{2UL << 30U};  // of all files of an import together
};

// As fhir::read(), of files as they were sent: those of gzip are opened first, in memory and up to the limit.
// Errors: malformed for bad gzip data; invalid_argument for a CSV header, or an import id of another shape; too_large.
// All of these before anything is given. What `take` returns ends the reading.
[[nodiscard]] Result<Balance> read_import(std::span<const BytesView> files, const ImportContext& context,
                                          std::size_t part_rows, const fhir::Take& take,
                                          const ImportLimits& limits = {});

}  // namespace lindung::domain
