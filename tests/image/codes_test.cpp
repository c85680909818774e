// What is drawn here is read again: by this program, by another reader, and out of pictures as cameras take them.
#include "image/codes.h"

#include <ZXing/BarcodeFormat.h>
#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "image/photograph.h"
#include "image/picture.h"
#include "image/qr_image.h"

namespace lindung::image {
namespace {

using testing::ElementsAre;

// As long as a certificate of the EU is, and in its letters.
std::string certificate_text(std::size_t letters = 400) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  std::string out = "HC1:";
  std::uint64_t state = 7;
  while (out.size() < letters) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    out += alphabet[(state >> 33U) % alphabet.size()];
  }
  return out;
}

std::string card_text(std::size_t digits = 1000) {
  std::string out = "shc:/";
  for (std::size_t i = 0; i < digits; ++i) out += static_cast<char>('0' + (i * 7 % 10));
  return out;
}

std::vector<std::string> read(BytesView file) {
  const auto codes = read_codes(file);
  EXPECT_TRUE(codes) << codes.error().text();
  return codes ? codes.value() : std::vector<std::string>{};
}

Errc refusal(BytesView file, const PictureLimits& limits = {}) {
  const auto codes = read_codes(file, limits);
  EXPECT_TRUE(codes.has_error());
  return codes ? Errc{} : codes.error().code;
}

// What zbarimg, another program, reads in it.
std::string read_by_zbar(const Bytes& png) {
  const auto path = std::filesystem::path{testing::TempDir()} /
                    ("zbar-" + std::to_string(::getpid()) + "-" + std::to_string(png.size()) + ".png");
  std::ofstream{path, std::ios::binary}.write(as_text(png).data(), static_cast<std::streamsize>(png.size()));
  const auto command = "zbarimg --quiet --raw '" + path.string() + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");  // NOLINT(cert-env33-c,misc-include-cleaner): the command is ours
  std::string out;
  std::array<char, 4096> piece{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(piece.data(), 1, piece.size(), pipe);
    out.append(piece.data(), got);
  }
  const auto status = ::pclose(pipe);  // NOLINT(misc-include-cleaner): of cstdio, in POSIX
  EXPECT_EQ(status, 0) << "zbarimg (package zbar-tools) reads nothing";
  std::filesystem::remove(path);
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

TEST(Codes, ThatWeDrawAreReadByUsAndByZbar) {
  for (const auto& text : {certificate_text(), card_text(), std::string{"LP1:6BF"}, certificate_text(900)}) {
    const auto png = qr_png(text);
    ASSERT_TRUE(png);
    EXPECT_THAT(read(png.value()), ElementsAre(text));
    EXPECT_EQ(read_by_zbar(png.value()), text);
  }
}

TEST(Codes, OfACardAreHalfAsLargeAsItsLetters) {
  const auto as_card = qr_modules(card_text(1000));
  const auto as_bytes_only = qr_modules("xhc:/" + card_text(1000).substr(5));
  ASSERT_TRUE(as_card && as_bytes_only);
  const auto area = [](const QrModules& code) { return code.size * code.size; };
  EXPECT_LT(2 * area(as_card.value()), area(as_bytes_only.value())) << as_card.value().size;
}

TEST(Codes, PrintedFortyMillimetresWideAndScannedAt300DotsAnInchAreReadByUsAndByZbar) {
  constexpr double dots = 40 / 25.4 * 300;
  const auto text = certificate_text();
  const auto code = qr_modules(text, QrRepair::quartile);
  ASSERT_TRUE(code);
  const auto png = as_png(drawn(text, dots / (code.value().size + (2 * quiet_zone)), QrRepair::quartile));
  EXPECT_THAT(read(png), ElementsAre(text));
  EXPECT_EQ(read_by_zbar(png), text);
}

TEST(Codes, TurnedByAnyAngleAreRead) {
  const auto text = certificate_text();
  const auto code = drawn(text, 5);
  int ran = 0;
  for (int degrees = 0; degrees < 360; degrees += 15) {
    EXPECT_THAT(read(as_png(turned(code, degrees))), ElementsAre(text)) << degrees;
    ++ran;
  }
  EXPECT_EQ(ran, 24);
}

TEST(Codes, OnPhotographsAreRead) {
  const auto text = certificate_text();
  const auto code = drawn(text, 7, QrRepair::quartile);
  int ran = 0;
  for (const double tilt : {0.1, 0.25, 0.4}) {
    for (const double turn : {-20.0, 33.0}) {
      for (const int blur : {1, 2}) {
        const Camera camera{.tilt = tilt, .turn = turn, .blur = blur, .noise = 12, .shadow = 0.4, .seed = 5};
        const auto jpeg = as_jpeg(photographed(code, camera), 60);
        EXPECT_THAT(read(jpeg), ElementsAre(text)) << tilt << " " << turn << " " << blur;
        ++ran;
      }
    }
  }
  EXPECT_EQ(ran, 12);
}

TEST(Codes, OfOnePictureComeFromTopToBottomEachOnce) {
  const auto upper = drawn("shc:/1/2/5676", 6);
  const auto lower = drawn("shc:/2/2/2909", 6);
  Grey both{.width = upper.width, .height = upper.height + lower.height + upper.height, .pixels = {}};
  for (const auto& each : {upper, lower, upper}) {
    both.pixels.insert(both.pixels.end(), each.pixels.begin(), each.pixels.end());
  }
  ASSERT_EQ(upper.width, lower.width);
  EXPECT_THAT(read(as_png(both)), ElementsAre("shc:/1/2/5676", "shc:/2/2/2909"));
}

TEST(Codes, OfAztecAndDataMatrixAreReadToo) {
  for (const auto format : {ZXing::BarcodeFormat::Aztec, ZXing::BarcodeFormat::DataMatrix}) {
    ZXing::MultiFormatWriter writer{format};
    writer.setMargin(4);
    const auto matrix =
        writer.encode(std::string{"NZCP:/1/2KCEVIQEIVVWK6JNGEASNICZAEP2KALYDZSGSZB2O5SWEOTOPJRXAL"}, 400, 400);
    Grey picture{.width = matrix.width(), .height = matrix.height(), .pixels = {}};
    for (int y = 0; y < matrix.height(); ++y) {
      for (int x = 0; x < matrix.width(); ++x) picture.pixels.push_back(matrix.get(x, y) ? 0 : 255);
    }
    EXPECT_THAT(read(as_png(picture)), ElementsAre("NZCP:/1/2KCEVIQEIVVWK6JNGEASNICZAEP2KALYDZSGSZB2O5SWEOTOPJRXAL"));
  }
}

TEST(Codes, OfAPictureWithoutAnyAreNotFound) {
  Grey noise{.width = 300, .height = 200, .pixels = std::vector<std::uint8_t>(300UL * 200)};
  std::uint32_t state = 1;
  for (auto& pixel : noise.pixels) {
    state = state * 1664525U + 1013904223U;
    pixel = static_cast<std::uint8_t>(state >> 24U);
  }
  EXPECT_EQ(refusal(as_png(noise)), Errc::not_found);
  EXPECT_EQ(refusal(as_jpeg(noise, 60)), Errc::not_found);
}

TEST(Codes, AreNotLookedForInStripsThatHoldNone) {
  for (const auto& [width, height] : {std::pair{1, 300}, std::pair{300, 1}, std::pair{20, 300}, std::pair{300, 20}}) {
    Grey strip{.width = width, .height = height, .pixels = {}};
    strip.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 128);
    strip.pixels.front() = 0;
    const auto found = codes_in(strip);
    ASSERT_TRUE(found.has_value()) << width << " x " << height;
    EXPECT_TRUE(found.value().empty());
  }
}

TEST(Pictures, OfOtherKindsAreUnsupported) {
  EXPECT_EQ(refusal(as_bytes("GIF89a")), Errc::unsupported);
  EXPECT_EQ(refusal(as_bytes("HC1:6BF")), Errc::unsupported);
  EXPECT_EQ(refusal({}), Errc::unsupported);
}

TEST(Pictures, ThatAreDamagedAreMalformed) {
  const auto png = as_png(drawn("LP1:6BF", 4));
  const auto jpeg = as_jpeg(drawn("LP1:6BF", 4), 60);
  EXPECT_EQ(refusal(BytesView{png}.first(png.size() / 2)), Errc::malformed);
  EXPECT_EQ(refusal(BytesView{png}.first(12)), Errc::malformed);
  EXPECT_EQ(refusal(BytesView{jpeg}.first(8)), Errc::malformed);
  EXPECT_EQ(refusal(as_bytes("%PDF-1.7\nnothing")), Errc::malformed);
}

TEST(Pictures, OverALimitAreTooLargeBeforeAnyPixelIsMade) {
  const auto picture = drawn("LP1:6BF", 4);
  const auto png = as_png(picture);
  const auto jpeg = as_jpeg(picture, 60);
  EXPECT_EQ(refusal(png, {.bytes = png.size() - 1}), Errc::too_large);
  EXPECT_EQ(refusal(png, {.looked_at = picture.pixels.size() - 1}), Errc::too_large);
  EXPECT_EQ(refusal(jpeg, {.pixels = picture.pixels.size() - 1}), Errc::too_large);
  EXPECT_EQ(refusal(jpeg, {.looked_at = picture.pixels.size() / 100}), Errc::too_large);
  // A head alone that promises 2^31 pixels in each direction.
  constexpr std::string_view head{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\0\0\0\0", 29};
  EXPECT_EQ(refusal(as_bytes(head)), Errc::malformed);
}

TEST(Pictures, OfACameraAreReadAtHalfTheirSize) {
  const auto text = certificate_text(200);
  const auto picture = drawn(text, 20);
  const auto half = PictureLimits{.looked_at = picture.pixels.size() / 3};
  const auto codes = read_codes(as_jpeg(picture, 80), half);
  ASSERT_TRUE(codes) << codes.error().text();
  EXPECT_THAT(codes.value(), ElementsAre(text));
  EXPECT_LT(read_jpeg(as_jpeg(picture, 80), half).value().width, picture.width);
}

// Patterns that look like the corners of codes, without end: all their triples are tried, for hours.
TEST(Pictures, MadeToKeepAReaderBusyAreGivenUp) {
  constexpr int side = 1000;
  Grey hostile{.width = side, .height = side, .pixels = {}};
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const int column = (x / 3) % 9;
      const int row = (y / 3) % 9;
      const int ring = std::max(std::abs(column - 3), std::abs(row - 3));
      hostile.pixels.push_back(ring <= 3 && ring != 2 ? 0 : 255);
    }
  }
  EXPECT_EQ(refusal(as_png(hostile), {.time = std::chrono::seconds{1}}), Errc::timeout);
}

TEST(Pictures, OfAPdfThatTakesTooLongAreGivenUp) {
  EXPECT_EQ(refusal(as_bytes("%PDF-1.7\nnothing"), {.time = std::chrono::seconds{0}}), Errc::timeout);
}

}  // namespace
}  // namespace lindung::image
