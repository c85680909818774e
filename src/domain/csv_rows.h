// The rows of CSV files, in UTF-8, cut into cells that are clean.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/csv_header.h"
#include "domain/fhir.h"
#include "domain/import_reason.h"

namespace lindung::domain::csv {

// A file's text without its byte order mark. UTF-16 is known by its mark; what is not UTF-8 in any of its characters is
// Windows-1252, if all its bytes are assigned there. A file that mixes both stays as it is: rows of it are refused.
struct Text {
  std::string made;       // of a file in another encoding
  std::string_view text;  // of `made`, or of the file
  bool is_utf8{};
};
void decode(BytesView file, Text& out);

// Shape: an empty cell of a column that the file has not.
struct Row {
  std::size_t file{};
  std::size_t line{};
  const Header& header;
  std::array<std::string, column_count> cells{};
  std::optional<Reason> fault{};  // the row cannot be read at all

  [[nodiscard]] const std::string& at(Column column) const { return cells.at(static_cast<std::size_t>(column)); }
};

// Shows every row of those of the files that are CSV, in order; what `show` returns ends it.
// Errors: invalid_argument for a header, with the file's number.
[[nodiscard]] Result<void> each_row(std::span<const fhir::File> files, std::size_t row_limit,
                                    const std::function<Result<void>(const Row&)>& show);

}  // namespace lindung::domain::csv
