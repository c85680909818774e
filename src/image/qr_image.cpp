#include "image/qr_image.h"

#include <png.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <qrcodegen/qrcodegen.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::image {

namespace {

using qrcodegen::QrCode;
using qrcodegen::QrSegment;

constexpr int pixels_a_module = 8;
constexpr int fixed_mask = 2;  // finding the best mask costs ten times the rest and changes little
constexpr std::string_view card_prefix = "shc:/";

QrCode::Ecc level(QrRepair repair) {
  switch (repair) {
    case QrRepair::low: return QrCode::Ecc::LOW;
    case QrRepair::quartile: return QrCode::Ecc::QUARTILE;
    case QrRepair::medium: break;
  }
  return QrCode::Ecc::MEDIUM;
}

// Two parts where the digits of a card follow letters: half as large as all of it in bytes.
std::vector<QrSegment> segments_of(std::string_view text) {
  const std::string owned{text};
  if (!text.starts_with(card_prefix)) return QrSegment::makeSegments(owned.c_str());
  const auto digits = text.find_last_not_of("0123456789") + 1;
  if (digits == text.size()) return QrSegment::makeSegments(owned.c_str());
  auto out = QrSegment::makeSegments(owned.substr(0, digits).c_str());
  out.push_back(QrSegment::makeNumeric(owned.substr(digits).c_str()));
  return out;
}

}  // namespace

Result<QrModules> qr_modules(std::string_view text, QrRepair repair) {
  try {
    const auto code = QrCode::encodeSegments(segments_of(text), level(repair), QrCode::MIN_VERSION, QrCode::MAX_VERSION,
                                             fixed_mask, false);
    QrModules out{.size = code.getSize(), .dark = {}};
    out.dark.reserve(static_cast<std::size_t>(out.size) * static_cast<std::size_t>(out.size));
    for (int y = 0; y < out.size; ++y) {
      for (int x = 0; x < out.size; ++x) out.dark.push_back(code.getModule(x, y));
    }
    return out;
  } catch (const std::exception&) {
    return fail(Errc::invalid_argument, "the text fits in no QR code");
  }
}

Result<std::string> qr_svg(std::string_view text, QrRepair repair) {
  TRY(code, qr_modules(text, repair));
  const auto size = std::to_string(code.size + 2 * quiet_zone);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 " + size + " " + size +
                    "\" shape-rendering=\"crispEdges\">\n<rect width=\"" + size + "\" height=\"" + size +
                    "\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"";
  for (int y = 0; y < code.size; ++y) {
    for (int x = 0; x < code.size; ++x) {
      if (code.at(x, y)) {
        svg += "M" + std::to_string(x + quiet_zone) + "," + std::to_string(y + quiet_zone) + "h1v1h-1z";
      }
    }
  }
  return svg + "\"/>\n</svg>\n";
}

Result<Bytes> qr_png(std::string_view text, QrRepair repair) {
  TRY(code, qr_modules(text, repair));
  const int modules = code.size + 2 * quiet_zone;
  const auto width = static_cast<std::size_t>(modules) * pixels_a_module;
  std::vector<std::uint8_t> pixels(width * width, 255);
  for (std::size_t y = 0; y < width; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const int column = static_cast<int>(x / pixels_a_module) - quiet_zone;
      const int row = static_cast<int>(y / pixels_a_module) - quiet_zone;
      const bool is_inside = column >= 0 && row >= 0 && column < code.size && row < code.size;
      if (is_inside && code.at(column, row)) pixels[y * width + x] = 0;
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

}  // namespace lindung::image
