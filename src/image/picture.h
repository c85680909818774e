// A picture in shades of grey, and what a picture from a stranger may cost.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::image {

enum class PictureKind : std::uint8_t { none, png, jpeg, pdf };

// By the magic bytes; a name says nothing.
[[nodiscard]] PictureKind picture_kind(BytesView file) noexcept;

struct PictureLimits {
  std::size_t bytes{std::size_t{32} << 20U};
  std::size_t pixels{std::size_t{50'000'000}};     // the cameras of today
  std::size_t looked_at{std::size_t{16'000'000}};  // a larger JPEG is read at half its size, or a quarter
  int pages{3};                                    // of a PDF
  std::chrono::seconds time{10};                   // of a processor, to draw pages and again to find codes
};

// Shape: width * height bytes, row by row from the top; 0 is black.
struct Grey {
  int width{};
  int height{};
  std::vector<std::uint8_t> pixels;
};

// Errors (all): malformed, too_large. What is transparent is white.
[[nodiscard]] Result<Grey> read_png(BytesView file, const PictureLimits& limits);
[[nodiscard]] Result<Grey> read_jpeg(BytesView file, const PictureLimits& limits);

// The first pages, 300 dots an inch on A4, drawn by poppler's pdftoppm: another program, bounded in memory and time,
// because a PDF is one itself. Errors: malformed; timeout; unsupported where there is no pdftoppm; io.
[[nodiscard]] Result<std::vector<Grey>> read_pdf(BytesView file, const PictureLimits& limits);

}  // namespace lindung::image
