#include "domain/csv_rows.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/csv.h"
#include "codec/transcode.h"
#include "codec/utf8.h"
#include "domain/csv_cells.h"
#include "domain/csv_header.h"
#include "domain/fhir.h"
#include "domain/import_reason.h"

namespace lindung::domain::csv {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Whether a character beyond ASCII is UTF-8 by itself.
bool has_utf8_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0xC2) continue;
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() - at >= size && codec::is_utf8(text.substr(at, size))) return true;
  }
  return false;
}

std::optional<Reason> fault_of(const codec::CsvRow& row, const Header& header, bool is_utf8) {
  if (row.fault == codec::CsvRow::Fault::quotes) return Reason::malformed_quotes;
  if (row.fault == codec::CsvRow::Fault::too_large) return Reason::too_large;
  if (!is_utf8 && !codec::is_utf8(row.text)) return Reason::not_utf8;
  if (row.fields.size() < header.columns) return Reason::too_few_columns;
  const auto extra = std::span{row.fields}.subspan(header.columns);
  if (!std::ranges::all_of(extra, [](const std::string& cell) { return clean(cell).empty(); })) {
    return Reason::too_many_columns;
  }
  return std::nullopt;
}

}  // namespace

void decode(BytesView file, Text& out) {
  auto text = as_text(file);
  if (auto made = codec::utf16_to_utf8(file)) {
    out.made = std::move(*made);
    out.text = out.made;
    out.is_utf8 = true;
    return;
  }
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  out.text = text;
  out.is_utf8 = codec::is_utf8(text);
  if (out.is_utf8 || has_utf8_character(text)) return;
  if (auto made = codec::windows1252_to_utf8(text)) {
    out.made = std::move(*made);
    out.text = out.made;
    out.is_utf8 = true;
  }
}

Result<void> each_row(std::span<const fhir::File> files, std::size_t row_limit,
                      const std::function<Result<void>(const Row&)>& show) {
  for (std::size_t file = 0; file < files.size(); ++file) {
    if (files[file].format != fhir::Format::csv) continue;
    Text text;
    decode(files[file].bytes, text);
    auto header = read_header(text.text);
    if (header.has_error()) return fail("file " + std::to_string(file + 1), std::move(header).error());
    const auto& columns = header.value();
    codec::CsvReader reader{text.text.substr(columns.begin), columns.delimiter, row_limit, columns.line};
    codec::CsvRow read;
    Row row{.file = file, .header = columns};
    while (reader.next(read)) {
      if (read.fault == codec::CsvRow::Fault::none &&
          std::ranges::all_of(read.fields, [](const std::string& cell) { return clean(cell).empty(); })) {
        continue;
      }
      row.line = read.line;
      row.fault = fault_of(read, columns, text.is_utf8);
      for (std::size_t i = 0; i < column_count; ++i) {
        const auto& found = columns.found.at(i);
        row.cells.at(i) = found && !row.fault ? clean(read.fields[found->place]) : std::string{};
      }
      TRYV(show(row));
    }
  }
  return ok();
}

}  // namespace lindung::domain::csv
