#include "image/picture.h"

#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::image {
namespace {

constexpr std::string_view png_magic{"\x89PNG\r\n\x1a\n", 8};
constexpr std::string_view jpeg_magic{"\xff\xd8\xff", 3};
constexpr std::string_view pdf_magic{"%PDF-"};
constexpr std::size_t pdf_magic_within = 1024;  // ISO 32000-1, annex H.3, implementation note 13

Result<std::size_t> pixels_of(std::uint64_t width, std::uint64_t height, std::size_t limit) {
  if (width == 0 || height == 0) return fail(Errc::malformed, "a picture without pixels");
  if (width > limit || height > limit / width) return fail(Errc::too_large, "a picture of too many pixels");
  return static_cast<std::size_t>(width * height);
}

// libpng's simple interface, which holds memory until it is told to let go.
struct PngImage {
  PngImage() noexcept { image.version = PNG_IMAGE_VERSION; }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
  ~PngImage() { png_image_free(&image); }
  png_image image{};
};

struct TurboJpegEnd {
  void operator()(void* handle) const noexcept { static_cast<void>(tjDestroy(handle)); }
};

}  // namespace

PictureKind picture_kind(BytesView file) noexcept {
  const auto text = as_text(file);
  if (text.starts_with(png_magic)) return PictureKind::png;
  if (text.starts_with(jpeg_magic)) return PictureKind::jpeg;
  if (text.substr(0, pdf_magic_within).find(pdf_magic) != std::string_view::npos) return PictureKind::pdf;
  return PictureKind::none;
}

Result<Grey> read_png(BytesView file, const PictureLimits& limits) {
  PngImage png;
  if (png_image_begin_read_from_memory(&png.image, file.data(), file.size()) == 0) {
    return fail(Errc::malformed, "a damaged PNG");
  }
  TRY(pixels, pixels_of(png.image.width, png.image.height, limits.looked_at));
  png.image.format = PNG_FORMAT_GRAY;
  Grey out{.width = static_cast<int>(png.image.width), .height = static_cast<int>(png.image.height), .pixels = {}};
  out.pixels.resize(pixels);
  const png_color white{.red = 255, .green = 255, .blue = 255};
  if (png_image_finish_read(&png.image, &white, out.pixels.data(), 0, nullptr) == 0) {
    return fail(Errc::malformed, "a damaged PNG");
  }
  return out;
}

Result<Grey> read_jpeg(BytesView file, const PictureLimits& limits) {
  const std::unique_ptr<void, TurboJpegEnd> handle{tjInitDecompress()};
  if (!handle) return fail(Errc::unavailable, "no memory for a JPEG");
  int width = 0;
  int height = 0;
  int sampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(handle.get(), file.data(), file.size(), &width, &height, &sampling, &colours) != 0) {
    return fail(Errc::malformed, "a damaged JPEG");
  }
  TRYV(pixels_of(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height), limits.pixels));
  constexpr auto scales = std::to_array<tjscalingfactor>({{1, 1}, {1, 2}, {1, 4}, {1, 8}});
  const auto fits = [&](const tjscalingfactor& scale) {
    return static_cast<std::size_t>(TJSCALED(width, scale)) * static_cast<std::size_t>(TJSCALED(height, scale)) <=
           limits.looked_at;
  };
  const auto* const scale = std::ranges::find_if(scales, fits);
  if (scale == scales.end()) return fail(Errc::too_large, "a picture of too many pixels");
  Grey out{.width = TJSCALED(width, (*scale)), .height = TJSCALED(height, (*scale)), .pixels = {}};
  out.pixels.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  const int done = tjDecompress2(handle.get(), file.data(), file.size(), out.pixels.data(), out.width, out.width,
                                 out.height, TJPF_GRAY, TJFLAG_LIMITSCANS);
  // A camera's file with a torn end is still a picture.
  if (done != 0 && tjGetErrorCode(handle.get()) != TJERR_WARNING) return fail(Errc::malformed, "a damaged JPEG");
  return out;
}

}  // namespace lindung::image
