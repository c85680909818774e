// Reads FHIR R4 (JSON and NDJSON): Patient, Immunization, Observation, DiagnosticReport, Specimen, Condition, Bundle of
// every type. Pure: bytes in, people and records out. docs/import.md says what each thing is taken to mean.
//
// 1. Every row is accepted, rejected with a named reason and its place, or quarantined: nothing is lost silently.
// 2. A row that is broken, too deep or too large costs only itself.
// 3. The same files under the same issuer and import id give the same people and the same record ids.
// 4. A resource may stand before the Patient that it refers to, or in another file of the import.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/import.h"

namespace lindung::domain::fhir {

struct Limits {
  std::size_t resource_bytes{1U << 20U};  // of one row
  std::size_t depth{64};                  // of nested values in one row
  std::uint64_t rows{20'000'000};         // of an import
};

// csv: of another reader (csv.h); passed over here, so that the files of an import keep their numbers.
enum class Format : std::uint8_t { detect, json, ndjson, csv };

// The bytes must live until reading ends.
struct File {
  BytesView bytes;
  Format format{Format::detect};
};

// Reads files that are one import, part by part, so that memory holds the identities of its people but not all records.
// Units: a part is given to `take` when it has this many rows; the last one is smaller.
// Errors: invalid_argument for an import id of another shape; too_large over limits.rows (before anything is given);
// what `take` returns ends the reading.
using Take = std::function<Result<void>(ReadBatch&& part)>;
[[nodiscard]] Result<Balance> read(std::span<const File> files, const ImportContext& context, std::size_t part_rows,
                                   const Take& take, const Limits& limits = {});

// All of one file at once. Errors: as read().
[[nodiscard]] Result<ReadBatch> read(BytesView file, const ImportContext& context, const Limits& limits = {});

}  // namespace lindung::domain::fhir
