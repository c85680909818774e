#include "codec/csv_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/utf8.h"

namespace lindung::codec {

namespace {

constexpr char guard = '\'';
constexpr std::string_view replacement = "\xEF\xBF\xBD";
// What begins a formula, or makes one of the next character: ASCII, and U+FF1D, U+FF0B, U+FF0D, U+FF20.
constexpr std::array<std::string_view, 12> guarded{
    "=", "+", "-", "@", "\t", "\r", "\n", "'", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
// Where another program may begin a cell.
constexpr std::string_view separators = ",;|\"\t\r\n";

bool is_guarded(std::string_view rest) {
  return std::ranges::any_of(guarded, [&](std::string_view each) { return rest.starts_with(each); });
}

bool is_replaced(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
}

}  // namespace

std::string without_formulas(std::string_view text) {
  if (!is_utf8(text)) return std::string{replacement};
  std::string out;
  out.reserve(text.size() + 2);
  bool is_start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_start && is_guarded(text.substr(i))) out += guard;
    if (is_replaced(text[i])) {
      out += replacement;
    } else {
      out += text[i];
    }
    is_start = separators.find(text[i]) != std::string_view::npos;
  }
  return out;
}

Result<std::string> read_without_formulas(std::string_view cell) {
  std::string out;
  bool is_start = true;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (is_start && is_guarded(cell.substr(i))) {
      if (cell[i] != guard || !is_guarded(cell.substr(i + 1))) {
        return fail(Errc::malformed, "csv: a cell that begins like a formula");
      }
      ++i;
    }
    out += cell[i];
    is_start = separators.find(cell[i]) != std::string_view::npos;
  }
  return out;
}

void CsvWriter::next_cell() {
  if (is_row_begun_) out_ += ',';
  is_row_begun_ = true;
}

CsvWriter& CsvWriter::text(std::string_view value) {
  next_cell();
  out_ += '"';
  for (const char c : without_formulas(value)) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

CsvWriter& CsvWriter::number(std::int64_t value) {
  next_cell();
  out_ += std::to_string(value);
  return *this;
}

CsvWriter& CsvWriter::end_row() {
  out_ += "\r\n";
  is_row_begun_ = false;
  return *this;
}

}  // namespace lindung::codec
