// The first row of a CSV file: which columns stand where, and what parts them. docs/import.md lists the names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace lindung::domain::csv {

enum class Column : std::uint8_t {
  nik,
  passport,
  name,
  birth_date,
  kind,
  date,
  time,
  zone,
  vaccine,
  dose,
  lot,
  test,
  result,
  until,
};
inline constexpr std::size_t column_count = 14;

struct Header {
  struct Found {
    std::size_t place{};
    std::string_view name;  // as the file calls it, out of our own list: "tanggal_lahir"
  };
  char delimiter{};
  std::size_t columns{};  // without empty ones at the end
  std::array<std::optional<Found>, column_count> found{};
  std::size_t begin{};  // of the first row, in the text
  std::size_t line{};   // of the first row

  [[nodiscard]] const std::optional<Found>& at(Column column) const {
    return found.at(static_cast<std::size_t>(column));
  }
};

// Whether one column of the first row, at least, is one of ours. Shape: text without a byte order mark.
[[nodiscard]] bool has_header(std::string_view text);

// Errors: invalid_argument for a header that names a column twice, or one that we do not know, or lacks one that is
// needed. Privacy: the detail names columns by number or out of our list: a file without a header begins with a person.
[[nodiscard]] Result<Header> read_header(std::string_view text);

}  // namespace lindung::domain::csv
