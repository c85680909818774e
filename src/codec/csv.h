// Rows out of comma-separated values (RFC 4180, with any delimiter and any line end), under a limit of what one row may
// hold. A row that is broken costs its own first line only, so one stray quotation mark does not swallow a file.
// docs/adr/0012-csv-reader.md: why this is ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::codec {

struct CsvRow {
  enum class Fault : std::uint8_t {
    none,
    quotes,     // a quotation mark that does not close, or that something stands behind
    too_large,  // over the limit, or over 256 fields
  };
  std::size_t line{};               // of its first character, counted from 1
  std::string_view text;            // as it stands, without its line end
  std::vector<std::string> fields;  // without their quotation marks; empty of a faulty row
  Fault fault{Fault::none};
};

// Line ends are "\r\n", "\n" and "\r"; inside quotation marks they belong to the field, and a doubled mark is one. A
// mark inside a field that does not begin with one is an ordinary character. The text must outlive the reader and its
// rows.
class CsvReader {
 public:
  CsvReader(std::string_view text, char delimiter, std::size_t row_limit, std::size_t first_line = 1)
      : text_{text}, delimiter_{delimiter}, row_limit_{row_limit}, line_{first_line} {}

  // The next row that is not blank, into `row`, whose memory is used again. False at the end.
  [[nodiscard]] bool next(CsvRow& row);
  // Where the next row begins.
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] std::size_t line() const noexcept { return line_; }

 private:
  [[nodiscard]] CsvRow::Fault fields(CsvRow& row, std::size_t& at) const;
  [[nodiscard]] bool quoted(std::string& field, std::size_t& at, std::size_t limit) const;
  [[nodiscard]] std::size_t line_end(std::size_t at) const noexcept;
  void pass(std::size_t end);

  std::string_view text_;
  char delimiter_;
  std::size_t row_limit_;
  std::size_t at_{0};
  std::size_t line_;
};

}  // namespace lindung::codec
