// CSV that spreadsheets take for texts: what is guarded, and that every text comes back.
#include "codec/csv_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "codec/csv.h"

namespace lindung::codec {
namespace {

TEST(CsvWriter, GuardsWhateverBeginsAFormulaInEitherWidth) {
  for (const std::string begin : {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'"}) {
    EXPECT_EQ(without_formulas(begin + "1+1"), "'" + begin + "1+1");
  }
  EXPECT_EQ(without_formulas("Siti = Aminah"), "Siti = Aminah") << "inside a text it is a sign like others";
  EXPECT_EQ(without_formulas(""), "");
}

TEST(CsvWriter, GuardsWhereAnotherProgramWouldSplitTheLine) {
  EXPECT_EQ(without_formulas("a;=1+1"), "a;'=1+1");
  EXPECT_EQ(without_formulas("a\t@b"), "a\t'@b");
  EXPECT_EQ(without_formulas("a\n=b"), "a\n'=b");
  EXPECT_EQ(without_formulas("a\"+b"), "a\"'+b");
  EXPECT_EQ(without_formulas("a|-b,=c"), "a|'-b,'=c");
}

TEST(CsvWriter, QuotesTextsDoublesMarksAndLeavesNumbersAsTheyAre) {
  CsvWriter out;
  out.text("a \"b\"").number(-5).text("-5").end_row().text("").end_row();
  EXPECT_EQ(std::move(out).take(), "\"a \"\"b\"\"\",-5,\"'-5\"\r\n\"\"\r\n");
}

TEST(CsvWriter, PutsAReplacementForControlCharactersAndForWhatIsNoText) {
  EXPECT_EQ(without_formulas(std::string{"a\0b\x1b[2J", 7}),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD[2J");
  EXPECT_EQ(without_formulas("\xff"), "\xEF\xBF\xBD");
}

TEST(CsvWriter, WhatItDidNotWriteIsNotReadAsItsOwn) {
  const auto read = read_without_formulas("=1+1");
  ASSERT_TRUE(read.has_error());
  EXPECT_EQ(read.error().code, Errc::malformed);
  EXPECT_EQ(read_without_formulas("a;=1").error().code, Errc::malformed);
}

RC_GTEST_PROP(CsvWriterProperty, EveryTextComesBackThroughOurOwnReader, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "=", "+", "-", "@", "'", "\"", ",", ";", "|", "\t", "\r", "\n", "a", " ", "＝", "＠", "é"));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  CsvWriter out;
  out.text(text).text("end").end_row();
  const auto file = std::move(out).take();
  CsvReader reader{file, ',', 1UL << 20U};
  CsvRow row;
  RC_ASSERT(reader.next(row));
  RC_ASSERT(row.fault == CsvRow::Fault::none);
  RC_ASSERT(row.fields.size() == 2U);
  const auto back = read_without_formulas(row.fields[0]);
  RC_ASSERT(back.has_value());
  RC_ASSERT(back.value() == text);
}

}  // namespace
}  // namespace lindung::codec
