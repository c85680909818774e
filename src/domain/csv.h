// Reads CSV, as clinics keep it: a header, then a person and one fact a row. Pure: bytes in, people and records out.
// docs/import.md has the columns and what is read out of each cell.
//
// 1. Every row is accepted, rejected with a named reason, line and column, or quarantined. Blank lines, and rows of
//    nothing but delimiters, are no rows.
// 2. A file whose header cannot be understood is refused whole, before anything is given.
// 3. The same row under the same issuer and import id gives the same record, wherever it stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/fhir.h"
#include "domain/import.h"

namespace lindung::domain::csv {

// Whether the file is CSV: UTF-16, or its first row names one of our columns, at least.
[[nodiscard]] bool is_csv(BytesView file);

// A first look at those of the files whose format is csv: everything that refuses an import whole.
// Errors: invalid_argument for a header (the detail says which file); too_large over limits.rows.
struct Survey {
  std::uint64_t rows{};
  std::set<std::size_t> damaged{};  // files in which every NIK lost its last digit to a spreadsheet
};
[[nodiscard]] Result<Survey> survey(std::span<const fhir::File> files, const fhir::Limits& limits);

// As fhir::read(), for those of the files whose format is csv. Errors: what `take` returns.
[[nodiscard]] Result<Balance> read(std::span<const fhir::File> files, const Survey& survey,
                                   const ImportContext& context, std::size_t part_rows, const fhir::Take& take,
                                   const fhir::Limits& limits = {});

}  // namespace lindung::domain::csv
