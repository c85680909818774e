#include "image/photograph.h"

#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "image/picture.h"
#include "image/qr_image.h"

namespace lindung::image {
namespace {

Grey white(int width, int height) {
  Grey out{.width = width, .height = height, .pixels = {}};
  out.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 255);
  return out;
}

std::size_t place(const Grey& in, int x, int y) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(in.width)) + static_cast<std::size_t>(x);
}

double shade(const Grey& in, int x, int y) {
  if (x < 0 || y < 0 || x >= in.width || y >= in.height) return 255;
  return in.pixels[place(in, x, y)];
}

// Between four pixels; white outside.
double sample(const Grey& in, double x, double y) {
  const double left = std::floor(x);
  const double top = std::floor(y);
  const int column = static_cast<int>(left);
  const int row = static_cast<int>(top);
  const double right = x - left;
  const double below = y - top;
  const double upper = (shade(in, column, row) * (1 - right)) + (shade(in, column + 1, row) * right);
  const double lower = (shade(in, column, row + 1) * (1 - right)) + (shade(in, column + 1, row + 1) * right);
  return (upper * (1 - below)) + (lower * below);
}

std::uint8_t byte_of(double value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); }

Grey blurred(const Grey& in, int radius) {
  if (radius == 0) return in;
  Grey out = in;
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < in.width; ++x) {
      double sum = 0;
      for (int dy = -radius; dy <= radius; ++dy) {
        for (int dx = -radius; dx <= radius; ++dx) sum += shade(in, x + dx, y + dy);
      }
      const int width = (2 * radius) + 1;
      out.pixels[place(in, x, y)] = byte_of(sum / (width * width));
    }
  }
  return out;
}

}  // namespace

Grey drawn(std::string_view text, double module, QrRepair repair) {
  const auto code = qr_modules(text, repair);
  if (!code) throw std::runtime_error{"no code"};
  const auto& modules = code.value();
  const int width = static_cast<int>(std::lround((modules.size + (2 * quiet_zone)) * module));
  Grey out = white(width, width);
  for (int y = 0; y < width; ++y) {
    for (int x = 0; x < width; ++x) {
      const int column = static_cast<int>(x / module) - quiet_zone;
      const int row = static_cast<int>(y / module) - quiet_zone;
      const bool is_inside = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
      if (is_inside && modules.at(column, row)) out.pixels[place(out, x, y)] = 0;
    }
  }
  return out;
}

Grey turned(const Grey& picture, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const int side = static_cast<int>(std::ceil(std::hypot(picture.width, picture.height)));
  Grey out = white(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double dx = x - (side / 2.0);
      const double dy = y - (side / 2.0);
      out.pixels[place(out, x, y)] =
          byte_of(sample(picture, (dx * std::cos(angle)) + (dy * std::sin(angle)) + (picture.width / 2.0),
                         (dy * std::cos(angle)) - (dx * std::sin(angle)) + (picture.height / 2.0)));
    }
  }
  return out;
}

Grey photographed(const Grey& picture, const Camera& camera) {
  const auto sheet = turned(picture, camera.turn);
  Grey out = white(sheet.width, sheet.height);
  std::mt19937_64 random{camera.seed};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same picture every time
  const double half = sheet.width / 2.0;
  for (int y = 0; y < out.height; ++y) {
    // Seen from below: what is farther up is smaller. Straight lines stay straight.
    const double size = 1 - (camera.tilt * (1 - (static_cast<double>(y) / out.height)));
    for (int x = 0; x < out.width; ++x) {
      out.pixels[place(out, x, y)] = byte_of(sample(sheet, half + ((x - half) / size), half + ((y - half) / size)));
    }
  }
  out = blurred(out, camera.blur);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      // The mean of twelve uniform numbers is near enough to a bell, and the same with every library.
      double bell = -6;
      for (int i = 0; i < 12; ++i) bell += static_cast<double>(random() >> 11U) / static_cast<double>(1ULL << 53U);
      const double light = 1 - (camera.shadow * (x + y) / (out.width + out.height));
      auto& pixel = out.pixels[place(out, x, y)];
      pixel = byte_of(((pixel * 0.8) + 20) * light + (bell * camera.noise));
    }
  }
  return out;
}

Bytes as_jpeg(const Grey& picture, int quality) {
  auto* handle = tjInitCompress();
  unsigned char* made = nullptr;
  unsigned long size = 0;
  const int done = tjCompress2(handle, picture.pixels.data(), picture.width, picture.width, picture.height, TJPF_GRAY,
                               &made, &size, TJSAMP_GRAY, quality, 0);
  Bytes out;
  if (done == 0) out.assign(made, made + size);
  tjFree(made);
  tjDestroy(handle);
  if (out.empty()) throw std::runtime_error{"no JPEG"};
  return out;
}

Bytes as_png(const Grey& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, picture.pixels.data(), 0, nullptr);
  Bytes out(size);
  if (png_image_write_to_memory(&image, out.data(), &size, 0, picture.pixels.data(), 0, nullptr) == 0) {
    throw std::runtime_error{"no PNG"};
  }
  out.resize(size);
  return out;
}

}  // namespace lindung::image
