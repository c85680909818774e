// Rows out of CSV: fields, lines, and faults that cost their own line only.
#include "codec/csv.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lindung::codec {
namespace {

using Fault = CsvRow::Fault;
using Rows = std::vector<std::pair<std::size_t, std::vector<std::string>>>;

Rows rows_of(std::string_view text, std::size_t limit = 1000) {
  CsvReader reader{text, ',', limit};
  CsvRow row;
  Rows rows;
  while (reader.next(row)) {
    rows.emplace_back(row.line, row.fault == Fault::none     ? row.fields
                                : row.fault == Fault::quotes ? std::vector<std::string>{"!quotes"}
                                                             : std::vector<std::string>{"!large"});
  }
  EXPECT_EQ(reader.position(),
            text.find_last_not_of(" \t\r\n") == std::string_view::npos ? reader.position() : text.size());
  return rows;
}

TEST(CsvReader, FieldsLinesAndMarks) {
  EXPECT_EQ(rows_of("a,b\r\n,\n\n \nc"), (Rows{{1, {"a", "b"}}, {2, {"", ""}}, {5, {"c"}}}));
  EXPECT_EQ(rows_of("\"a,\"\"b\"\"\r\nc\",d\re\"f,g\n"), (Rows{{1, {"a,\"b\"\r\nc", "d"}}, {3, {"e\"f", "g"}}}));
  EXPECT_EQ(rows_of("\"\",\"\"\"\"\n"), (Rows{{1, {"", "\""}}}));
  EXPECT_EQ(rows_of(""), Rows{});
  EXPECT_EQ(rows_of("\n\r\n  "), Rows{});
}

TEST(CsvReader, AFaultCostsTheFirstLineOfItsRow) {
  EXPECT_EQ(rows_of("a,\"b\nc,d\n"), (Rows{{1, {"!quotes"}}, {2, {"c", "d"}}}));
  EXPECT_EQ(rows_of("\"a\"b,c\nd\n"), (Rows{{1, {"!quotes"}}, {2, {"d"}}}));
  EXPECT_EQ(rows_of("\"a\nb\nc\"\nd\n", 4), (Rows{{1, {"!quotes"}}, {2, {"b"}}, {3, {"c\""}}, {4, {"d"}}}));
  EXPECT_EQ(rows_of("abcdef\nx\n", 4), (Rows{{1, {"!large"}}, {2, {"x"}}}));
  EXPECT_EQ(rows_of(std::string(300, ',') + "\nx\n"), (Rows{{1, {"!large"}}, {2, {"x"}}}));
}

}  // namespace
}  // namespace lindung::codec
