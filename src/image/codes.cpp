#include "image/codes.h"

#define ZX_USE_UTF8 1  // text() as std::string
#include <ZXing/BarcodeFormat.h>
#include <ZXing/DecodeHints.h>
#include <ZXing/ImageView.h>
#include <ZXing/ReadBarcode.h>
#include <ZXing/Result.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "image/bounded_process.h"
#include "image/picture.h"

namespace lindung::image {
namespace {

constexpr std::uint8_t most_codes = 16;  // of one picture
constexpr int least_side = 21;           // the smallest QR code; in thin strips zxing reads beside the picture
constexpr std::size_t longest_code = std::size_t{8} * 1024;

// Twice as small, each pixel the mean of four: takes noise away.
Grey halved(const Grey& in) {
  Grey out{.width = in.width / 2, .height = in.height / 2, .pixels = {}};
  out.pixels.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  const auto stride = static_cast<std::size_t>(in.width);
  std::size_t next = 0;
  for (std::size_t y = 0; y < static_cast<std::size_t>(out.height); ++y) {
    const auto* row = in.pixels.data() + (2 * y * stride);
    for (std::size_t x = 0; x < static_cast<std::size_t>(out.width); ++x) {
      const unsigned sum = row[2 * x] + row[(2 * x) + 1] + row[stride + (2 * x)] + row[stride + (2 * x) + 1];
      out.pixels[next++] = static_cast<std::uint8_t>(sum / 4);
    }
  }
  return out;
}

// Each pixel the mean of the nine around it, the outermost as they are.
Grey smoothed(const Grey& in) {
  Grey out = in;
  const auto width = static_cast<std::size_t>(in.width);
  for (std::size_t y = 1; y + 1 < static_cast<std::size_t>(in.height); ++y) {
    for (std::size_t x = 1; x + 1 < width; ++x) {
      unsigned sum = 0;
      for (std::size_t row = y - 1; row <= y + 1; ++row) {
        const auto* at = in.pixels.data() + (row * width) + x;
        sum += at[-1] + at[0] + at[1];  // NOLINT(*-pointer-arithmetic): within the row
      }
      out.pixels[(y * width) + x] = static_cast<std::uint8_t>(sum / 9);
    }
  }
  return out;
}

void find(const Grey& picture, ZXing::Binarizer binarizer, std::vector<std::string>& found) {
  if (picture.width < least_side || picture.height < least_side) return;
  using ZXing::BarcodeFormat;
  ZXing::DecodeHints hints;
  hints.setFormats(BarcodeFormat::QRCode | BarcodeFormat::Aztec | BarcodeFormat::DataMatrix);
  hints.setBinarizer(binarizer).setMaxNumberOfSymbols(most_codes);
  auto results =
      ZXing::ReadBarcodes({picture.pixels.data(), picture.width, picture.height, ZXing::ImageFormat::Lum}, hints);
  std::ranges::sort(results, [](const ZXing::Result& a, const ZXing::Result& b) {
    const auto& first = a.position().topLeft();
    const auto& second = b.position().topLeft();
    return std::pair{first.y, first.x} < std::pair{second.y, second.x};
  });
  for (const auto& each : results) {
    auto text = each.text();
    const bool is_useful = each.isValid() && !text.empty() && text.size() <= longest_code;
    if (is_useful && std::ranges::find(found, text) == found.end()) found.push_back(std::move(text));
  }
}

Result<std::vector<std::string>> codes_in_pages(const std::vector<Grey>& pages) {
  std::vector<std::string> all;
  for (const auto& page : pages) {
    TRY(texts, codes_in(page));
    for (auto& each : texts) {
      if (std::ranges::find(all, each) == all.end()) all.push_back(std::move(each));
    }
  }
  return all;
}

// From the child: its status is 0 before texts, each behind its length, and else 1 + an Errc before the error's words.
int tell(const Result<std::vector<std::string>>& found, int out) {
  Message message;
  if (found) {
    for (const auto& each : found.value()) message.be(static_cast<std::uint32_t>(each.size())).text(each);
  } else {
    message.text(found.error().detail);
  }
  for (auto rest = message.view(); !rest.empty();) {
    const auto written = ::write(out, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  return found ? 0 : 1 + static_cast<int>(found.error().code);
}

Result<std::vector<std::string>> what_was_told(const Ended& ended) {
  if (ended.status != 0) return fail(static_cast<Errc>(ended.status - 1), std::string{as_text(ended.output)});
  std::vector<std::string> out;
  for (BytesView rest{ended.output}; !rest.empty();) {
    constexpr std::size_t head = sizeof(std::uint32_t);
    const auto size = rest.size() < head ? rest.size() : get_be<std::uint32_t>(rest);
    if (rest.size() < head || rest.size() - head < size) return fail(Errc::io, "half an answer");
    out.emplace_back(as_text(rest.subspan(head, size)));
    rest = rest.subspan(head + size);
  }
  return out;
}

}  // namespace

Result<std::vector<std::string>> codes_in(const Grey& picture) {
  const auto size =
      static_cast<std::size_t>(std::max(picture.width, 0)) * static_cast<std::size_t>(std::max(picture.height, 0));
  if (size == 0 || picture.pixels.size() != size) return fail(Errc::malformed, "a picture of another size");
  std::vector<std::string> found;
  try {
    // From the cheapest to what photographs need; the first that finds something ends it.
    find(picture, ZXing::Binarizer::LocalAverage, found);
    if (found.empty()) find(picture, ZXing::Binarizer::GlobalHistogram, found);
    if (found.empty()) find(smoothed(picture), ZXing::Binarizer::LocalAverage, found);
    if (found.empty()) find(halved(picture), ZXing::Binarizer::LocalAverage, found);
  } catch (const std::exception&) {
    return fail(Errc::malformed, "a picture that cannot be searched for codes");
  }
  return found;
}

Result<std::vector<std::string>> codes_in_file(BytesView file, const PictureLimits& limits) {
  switch (picture_kind(file)) {
    case PictureKind::png: {
      TRY(picture, read_png(file, limits));
      return codes_in(picture);
    }
    case PictureKind::jpeg: {
      TRY(picture, read_jpeg(file, limits));
      return codes_in(picture);
    }
    case PictureKind::pdf:
    case PictureKind::none: break;
  }
  return fail(Errc::unsupported, "neither PNG nor JPEG nor PDF");
}

Result<std::vector<std::string>> read_codes(BytesView file, const PictureLimits& limits) {
  if (file.size() > limits.bytes) return fail(Errc::too_large, "a picture of too many bytes");
  std::vector<Grey> pages;
  if (picture_kind(file) == PictureKind::pdf) {
    TRY(drawn, read_pdf(file, limits));
    pages = std::move(drawn);
  }
  auto ended = run_bounded({.time = limits.time}, [&](int out) {
    return tell(pages.empty() ? codes_in_file(file, limits) : codes_in_pages(pages), out);
  });
  if (!ended) return fail("looking for codes", ended.error());
  TRY(found, what_was_told(ended.value()));
  if (found.empty()) return fail(Errc::not_found, "no code in the picture");
  return found;
}

}  // namespace lindung::image
