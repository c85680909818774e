#include "image/pen.h"

#include <cairo.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "image/qr_image.h"
#include "image/sheet.h"

namespace lindung::image {
namespace {

constexpr const char* family = "Inter";
constexpr double line_height = 1.32;  // of the type's size

constexpr double mm(double points) { return points / points_a_mm; }
constexpr double pt(double millimetres) { return millimetres * points_a_mm; }

// Bytes of the letter that begins at `at`.
std::size_t letter_size(std::string_view text, std::size_t at) {
  std::size_t size = 1;
  while (at + size < text.size() && (static_cast<std::uint8_t>(text[at + size]) & 0xc0U) == 0x80U) ++size;
  return size;
}

}  // namespace

void Pen::use(Ink ink) {
  switch (ink) {
    case Ink::black: return cairo_set_source_rgb(page_, 0.07, 0.09, 0.12);
    case Ink::grey: return cairo_set_source_rgb(page_, 0.38, 0.42, 0.47);
    case Ink::accent: return cairo_set_source_rgb(page_, 0.03, 0.33, 0.34);
    case Ink::hairline: return cairo_set_source_rgb(page_, 0.83, 0.85, 0.88);
  }
}

void Pen::use(const Type& type) {
  use(type.ink);
  cairo_select_font_face(page_, family, CAIRO_FONT_SLANT_NORMAL,
                         type.weight == Weight::bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(page_, type.points);
}

void Pen::write(std::string_view text, Place at, const Type& type) {
  use(type);
  cairo_move_to(page_, pt(at.x), pt(at.y));
  cairo_show_text(page_, std::string{text}.c_str());
}

double Pen::width(std::string_view text, const Type& type) {
  use(type);
  cairo_text_extents_t extents{};
  cairo_text_extents(page_, std::string{text}.c_str(), &extents);
  return mm(extents.x_advance);
}

bool Pen::can_write(std::string_view text, const Type& type) {
  use(type);
  cairo_glyph_t* found = nullptr;
  int count = 0;
  const auto status =
      cairo_scaled_font_text_to_glyphs(cairo_get_scaled_font(page_), 0, 0, text.data(), static_cast<int>(text.size()),
                                       &found, &count, nullptr, nullptr, nullptr);
  const std::unique_ptr<cairo_glyph_t, decltype(&cairo_glyph_free)> glyphs{found, cairo_glyph_free};
  return status == CAIRO_STATUS_SUCCESS &&
         std::all_of(found, found + count, [](const cairo_glyph_t& each) { return each.index != 0; });
}

std::vector<std::string> Pen::lines(std::string_view text, double most, const Type& type) {
  std::vector<std::string> out(1);
  // The last place in the line where it may end: behind a slash, or before a space, which then goes.
  struct Break {
    std::size_t end{};
    std::size_t next{};
  } last;
  for (std::size_t at = 0; at < text.size();) {
    const auto letter = text.substr(at, letter_size(text, at));
    at += letter.size();
    auto& line = out.back();
    if (letter == " ") last = {.end = line.size(), .next = line.size() + 1};
    line += letter;
    if (width(line, type) > most && line.size() > letter.size()) {
      const Break here =
          last.end > 0 ? last : Break{.end = line.size() - letter.size(), .next = line.size() - letter.size()};
      auto rest = line.substr(here.next);
      line.resize(here.end);
      out.push_back(std::move(rest));
      last = {};
    } else if (letter == "/") {
      last = {.end = line.size(), .next = line.size()};
    }
  }
  return out;
}

Place Pen::write_lines(std::string_view text, Place at, double most, const Type& type) {
  for (const auto& each : lines(text, most, type)) {
    write(each, at, type);
    at.y += mm(type.points * line_height);
  }
  return at;
}

void Pen::line(Place from, double length) {
  use(Ink::hairline);
  cairo_set_line_width(page_, pt(0.2));
  cairo_move_to(page_, pt(from.x), pt(from.y));
  cairo_line_to(page_, pt(from.x + length), pt(from.y));
  cairo_stroke(page_);
}

void Pen::box(Place corner, double across, double height, Ink ink) {
  use(ink);
  cairo_rectangle(page_, pt(corner.x), pt(corner.y), pt(across), pt(height));
  cairo_fill(page_);
}

void Pen::code(const QrModules& modules, Place corner, double across) {
  cairo_set_source_rgb(page_, 0, 0, 0);
  const double side = pt(across) / modules.size;
  for (int y = 0; y < modules.size; ++y) {
    for (int x = 0; x < modules.size;) {
      int end = x;
      while (end < modules.size && modules.at(end, y)) ++end;
      if (end > x) {
        cairo_rectangle(page_, pt(corner.x) + (x * side), pt(corner.y) + (y * side), (end - x) * side, side);
      }
      x = std::max(end, x + 1);
    }
  }
  cairo_fill(page_);
}

}  // namespace lindung::image
