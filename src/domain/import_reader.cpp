#include "domain/import_reader.h"

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/inflate.h"
#include "domain/csv.h"
#include "domain/fhir.h"
#include "domain/import.h"

namespace lindung::domain {

Result<Balance> read_import(std::span<const BytesView> files, const ImportContext& context, std::size_t part_rows,
                            const fhir::Take& take, const ImportLimits& limits) {
  std::deque<Bytes> inflated;
  std::vector<fhir::File> opened;
  auto room = limits.inflated_bytes;
  for (auto file : files) {
    if (codec::looks_like_gzip(file)) {
      auto bytes = codec::inflate_gzip(file, room);
      if (bytes.has_error()) return fail("file " + std::to_string(opened.size() + 1), std::move(bytes).error());
      room -= bytes.value().size();
      file = inflated.emplace_back(std::move(bytes).value());
    }
    opened.push_back({.bytes = file, .format = csv::is_csv(file) ? fhir::Format::csv : fhir::Format::detect});
  }
  TRY(survey, csv::survey(opened, limits.rows));
  auto left = limits.rows;
  left.rows -= survey.rows;
  TRY(of_fhir, fhir::read(opened, context, part_rows, take, left));
  TRY(of_csv, csv::read(opened, survey, context, part_rows, take, limits.rows));
  of_fhir += of_csv;
  return of_fhir;
}

}  // namespace lindung::domain
