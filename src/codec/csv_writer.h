// Rows as comma-separated values (RFC 4180, CR LF, every text in quotes) that a spreadsheet takes for texts and nothing
// else: whoever names themselves "=HYPERLINK(…)" is a name in every export (docs/configuration.md says how to read it
// back). The one writer of such files.
//
// A text gets an apostrophe in front of =, +, -, @, TAB, CR, LF, their full-width forms and the apostrophe itself,
// where it begins and behind each comma, semicolon, bar, quotation mark, TAB or line end in it: a program that splits
// the line elsewhere than we did begins no formula there either. Other control characters become U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace lindung::codec {

class CsvWriter {
 public:
  CsvWriter& text(std::string_view value);  // of UTF-8; what is none stands as U+FFFD
  CsvWriter& number(std::int64_t value);    // as it is: a number is no formula
  CsvWriter& end_row();
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  void next_cell();
  std::string out_;
  bool is_row_begun_{};
};

// What a text becomes between the quotation marks, these not doubled yet.
[[nodiscard]] std::string without_formulas(std::string_view text);
// The text again, out of a cell that CsvWriter wrote. Errors: malformed for a cell that it did not write.
[[nodiscard]] Result<std::string> read_without_formulas(std::string_view cell);

}  // namespace lindung::codec
