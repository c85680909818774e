// Certificates on paper: what a scanner reads of them, and that the same certificate is the same bytes.
#include "image/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "image/codes.h"

namespace lindung::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CertificateSheet sheet() {
  CertificateSheet out{
      .authority = "Kementerian Kesehatan Republik Indonesia",
      .title = {.id = "Sertifikat vaksinasi", .en = "Vaccination certificate"},
      .name = "Siti Nurhaliza",
      .plain_name = "SITI NURHALIZA",
      .fields = {{.label = {.id = "Tanggal lahir", .en = "Date of birth"}, .value = "1990-02-17", .is_on_card = true}},
      .number = "URN:UVCI:01:ID:3K7QW2XJ5N8B4T6Y9R1P0L#7",
      .note = {.id = "Hanya kode QR yang membuktikan.", .en = "The QR code alone is proof."},
      .code = "HC1:",
      .made_at = "2026-11-22T00:00:00Z"};
  while (out.code.size() < 600) out.code += "6BFOXN%TS3DH0YOJ58S S-W5HDC";
  return out;
}

TEST(Pages, OfBothFormatsAreReadByAScannerAt300DotsAnInch) {
  for (const auto format : {PageFormat::a4, PageFormat::card}) {
    const auto pdf = certificate_pdf(sheet(), format);
    ASSERT_TRUE(pdf) << pdf.error().text();
    const auto codes = read_codes(pdf.value());
    ASSERT_TRUE(codes) << codes.error().text();
    EXPECT_THAT(codes.value(), ElementsAre(sheet().code));
  }
}

TEST(Pages, OfTheSameCertificateAreTheSameBytes) {
  const auto first = certificate_pdf(sheet(), PageFormat::card);
  const auto second = certificate_pdf(sheet(), PageFormat::card);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first.value(), second.value());
}

TEST(Pages, HoldTheirTypeAndNothingFromElsewhere) {
  const auto pdf = certificate_pdf(sheet(), PageFormat::a4);
  ASSERT_TRUE(pdf);
  EXPECT_THAT(std::string{as_text(pdf.value())}, HasSubstr("/FontFile3"));
}

// Names of any length and script stay on the page, in letters that the type has.
TEST(Pages, OfNamesThatTheTypeHasNoSignsForShowThePlainName) {
  auto strange = sheet();
  strange.name = "\xe1\x80\x80\xe1\x80\xbb\xe1\x80\xb1\xe1\x80\xac\xe1\x80\xba";  // Burmese
  auto plain = sheet();
  plain.name = plain.plain_name;
  EXPECT_EQ(certificate_pdf(strange, PageFormat::card).value(), certificate_pdf(plain, PageFormat::card).value());
}

TEST(Pages, OfACodeThatIsTooLongAreRefused) {
  auto long_code = sheet();
  long_code.code = std::string(8000, 'A');
  const auto pdf = certificate_pdf(long_code, PageFormat::a4);
  ASSERT_TRUE(pdf.has_error());
  EXPECT_EQ(pdf.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace lindung::image
