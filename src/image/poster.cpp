#include "image/poster.h"

#include <cairo-pdf.h>
#include <cairo.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "image/pen.h"
#include "image/qr_image.h"
#include "image/sheet.h"

namespace lindung::image {
namespace {

constexpr double margin = 22;
constexpr double across = page_width - (2 * margin);
constexpr double code_width = 126;
constexpr double code_top = 92;
constexpr std::size_t most_name_lines = 2;

constexpr Type house_type{.points = 15, .weight = Weight::bold, .ink = Ink::accent};
constexpr Type ask_type{.points = 13};
constexpr Type ask_again_type{.points = 11, .weight = Weight::regular, .ink = Ink::grey};
constexpr Type short_type{.points = 30, .weight = Weight::bold};
constexpr Type foot_type{.points = 8.5, .weight = Weight::regular, .ink = Ink::grey};
constexpr double largest_name = 34;
constexpr double smallest_name = 16;

// Signs that the type does not have would be boxes.
std::string writable(Pen& pen, const std::string& text, const Type& type) {
  if (pen.can_write(text, type)) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at + 1;
    while (end < text.size() && (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U) ++end;
    const auto sign = std::string_view{text}.substr(at, end - at);
    out += pen.can_write(sign, type) ? sign : "?";
    at = end;
  }
  return out;
}

void centre(Pen& pen, const std::string& text, double y, const Type& type) {
  pen.write(text, {.x = (page_width - pen.width(text, type)) / 2, .y = y}, type);
}

// As large as fits on two lines.
void write_name(Pen& pen, const std::string& name) {
  Type type{.points = largest_name, .weight = Weight::bold};
  const auto text = writable(pen, name, type);
  while (type.points > smallest_name && pen.lines(text, across, type).size() > most_name_lines) type.points -= 2;
  auto lines = pen.lines(text, across, type);
  lines.resize(std::min(lines.size(), most_name_lines + 1));
  double y = lines.size() > 1 ? 54 : 62;
  for (const auto& line : lines) {
    centre(pen, line, y, type);
    y += type.points * 1.25 / points_a_mm;
  }
}

void draw(Pen& pen, const Poster& poster, const QrModules& modules) {
  pen.box({.x = 0, .y = 0}, page_width, 7, Ink::accent);
  centre(pen, "LINDUNG", 26, house_type);
  write_name(pen, poster.name);
  pen.code(modules, {.x = (page_width - code_width) / 2, .y = code_top}, code_width);
  centre(pen, "Pindai untuk masuk dan keluar.", 232, ask_type);
  centre(pen, "Scan to check in and out.", 239, ask_again_type);
  centre(pen, poster.short_code, 256, short_type);
  centre(pen, "Nama dan kode ini harus sama dengan yang tampil di ponsel Anda.", 264, ask_again_type);
  centre(pen, "This name and code must be those that your phone shows.", 270, ask_again_type);
  pen.line({.x = margin, .y = 278}, across);
  centre(pen, "Berlaku sampai / valid until " + poster.valid_until, 284, foot_type);
}

cairo_status_t append(void* all, const unsigned char* piece, unsigned int size) {
  auto& out = *static_cast<Bytes*>(all);
  out.insert(out.end(), piece, piece + size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Result<Bytes> poster_pdf(const Poster& poster) {
  // Paper is scratched and rained on: a quarter of the code may be gone.
  TRY(modules, qr_modules(poster.code, QrRepair::quartile));
  Bytes out;
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface{
      cairo_pdf_surface_create_for_stream(append, &out, page_width * points_a_mm, page_height * points_a_mm),
      cairo_surface_destroy};
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, ("Lindung: " + poster.name).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, poster.made_at.c_str());
  {
    const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> page{cairo_create(surface.get()), cairo_destroy};
    Pen pen{page.get()};
    draw(pen, poster, modules);
    cairo_show_page(page.get());
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return fail(Errc::io, "cairo");
  return out;
}

}  // namespace lindung::image
