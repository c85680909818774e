#include "cli/qr_image.h"

#include <png.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <qrcodegen/qrcodegen.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::cli {

namespace {

constexpr int quiet_zone = 4;  // modules, ISO/IEC 18004
constexpr int pixels_a_module = 8;
constexpr int fixed_mask = 2;  // finding the best mask costs ten times the rest and changes little

Result<qrcodegen::QrCode> encode(std::string_view text) {
  try {
    const std::string owned{text};
    const auto segments = qrcodegen::QrSegment::makeSegments(owned.c_str());
    return qrcodegen::QrCode::encodeSegments(segments, qrcodegen::QrCode::Ecc::MEDIUM, qrcodegen::QrCode::MIN_VERSION,
                                             qrcodegen::QrCode::MAX_VERSION, fixed_mask, false);
  } catch (const std::exception&) {
    return fail(Errc::invalid_argument, "the text fits in no QR code");
  }
}

}  // namespace

Result<std::string> qr_svg(std::string_view text) {
  TRY(code, encode(text));
  const int width = code.getSize() + 2 * quiet_zone;
  const auto size = std::to_string(width);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 " + size + " " + size +
                    "\" shape-rendering=\"crispEdges\">\n<rect width=\"" + size + "\" height=\"" + size +
                    "\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"";
  for (int y = 0; y < code.getSize(); ++y) {
    for (int x = 0; x < code.getSize(); ++x) {
      if (code.getModule(x, y)) {
        svg += "M" + std::to_string(x + quiet_zone) + "," + std::to_string(y + quiet_zone) + "h1v1h-1z";
      }
    }
  }
  return svg + "\"/>\n</svg>\n";
}

Result<Bytes> qr_png(std::string_view text) {
  TRY(code, encode(text));
  const int modules = code.getSize() + 2 * quiet_zone;
  const auto width = static_cast<std::size_t>(modules) * pixels_a_module;
  std::vector<std::uint8_t> pixels(width * width, 255);
  for (std::size_t y = 0; y < width; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const bool is_dark = code.getModule(static_cast<int>(x / pixels_a_module) - quiet_zone,
                                          static_cast<int>(y / pixels_a_module) - quiet_zone);
      if (is_dark) pixels[y * width + x] = 0;
    }
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(width);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr) == 0)
    return fail(Errc::io, "PNG");
  Bytes out(size);
  if (png_image_write_to_memory(&image, out.data(), &size, 0, pixels.data(), 0, nullptr) == 0)
    return fail(Errc::io, "PNG");
  out.resize(size);
  return out;
}

}  // namespace lindung::cli
