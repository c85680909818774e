// Pictures as a camera would take them of a printed code: tilted, turned, blurred, noisy, badly lit, as a JPEG.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "image/picture.h"
#include "image/qr_image.h"

namespace lindung::image {

// A code as black and white squares with its quiet zone, `module` pixels wide, which need not be whole.
[[nodiscard]] Grey drawn(std::string_view text, double module, QrRepair repair = QrRepair::medium);

// In the middle of a larger white sheet, turned by degrees.
[[nodiscard]] Grey turned(const Grey& picture, double degrees);

// Shape: fractions of the picture's width, units of a shade (0..255), pixels.
struct Camera {
  double tilt{};    // how much smaller what is farthest is, 0..1
  double turn{};    // degrees
  int blur{};       // radius of the mean around each pixel
  double noise{};   // standard deviation
  double shadow{};  // how much darker the far corner is, 0..1
  std::uint64_t seed{1};
};
[[nodiscard]] Grey photographed(const Grey& picture, const Camera& camera);

[[nodiscard]] Bytes as_jpeg(const Grey& picture, int quality);
[[nodiscard]] Bytes as_png(const Grey& picture);

}  // namespace lindung::image
