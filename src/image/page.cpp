#include "image/page.h"

#include <cairo-pdf.h>
#include <cairo.h>

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "image/pen.h"
#include "image/qr_image.h"
#include "image/sheet.h"

namespace lindung::image {
namespace {

struct Size {
  double width{};
  double height{};
};

constexpr Size size_of(PageFormat format) {
  return format == PageFormat::a4 ? Size{.width = 210, .height = 297} : Size{.width = 85.6, .height = 54};
}

// One scale for both: small, text, large, title.
namespace a4 {
constexpr Type label{.points = 8, .weight = Weight::regular, .ink = Ink::grey};
constexpr Type text{.points = 11.5};
constexpr Type name{.points = 17, .weight = Weight::bold};
constexpr Type title{.points = 26, .weight = Weight::bold};
constexpr Type subtitle{.points = 13, .weight = Weight::regular, .ink = Ink::grey};
constexpr Type authority{.points = 9.5, .weight = Weight::bold, .ink = Ink::accent};
constexpr double left = 22;
constexpr double across = 210 - (2 * left);
constexpr double code_width = 72;
constexpr double column = across - code_width - 10;
}  // namespace a4

namespace card {
constexpr Type label{.points = 4.2, .weight = Weight::regular, .ink = Ink::grey};
constexpr Type text{.points = 6};
constexpr Type name{.points = 7.6, .weight = Weight::bold};
constexpr Type title{.points = 8.4, .weight = Weight::bold};
constexpr Type subtitle{.points = 5.2, .weight = Weight::regular, .ink = Ink::grey};
constexpr Type authority{.points = 4.8, .weight = Weight::bold, .ink = Ink::accent};
constexpr double left = 4.6;
constexpr double code_width = 39.5;
constexpr double column = 85.6 - (2 * left) - code_width - 3;
constexpr double row = 6.4;        // of a field with its label
constexpr double last_row = 43.5;  // where it may begin at most
}  // namespace card

std::string both(const Words& words) { return words.id + " · " + words.en; }

void draw_a4(Pen& pen, const CertificateSheet& sheet, const QrModules& code) {
  using namespace a4;
  pen.box({.x = 0, .y = 0}, 210, 5, Ink::accent);
  pen.write_lines(sheet.authority, {.x = left, .y = 24}, across, authority);
  pen.write(sheet.title.id, {.x = left, .y = 42}, title);
  pen.write(sheet.title.en, {.x = left, .y = 50.5}, subtitle);
  pen.line({.x = left, .y = 60}, across);

  const bool has_signs = pen.can_write(sheet.name, name);
  Place at{.x = left, .y = 72};
  pen.write("Nama · Name", at, label);
  at.y += 7.2;
  at = pen.write_lines(has_signs ? sheet.name : sheet.plain_name, at, column, name);
  for (const auto& field : sheet.fields) {
    at.y += 4.6;
    pen.write(both(field.label), at, label);
    at.y += 5.4;
    at = pen.write_lines(field.value, at, column, text);
  }

  const double code_left = left + across - code_width;
  pen.code(code, {.x = code_left, .y = 69.4}, code_width);

  pen.line({.x = left, .y = 244}, across);
  pen.write("Nomor sertifikat · Certificate number", {.x = left, .y = 252}, label);
  pen.write_lines(sheet.number, {.x = left, .y = 257.4}, across, text);
  pen.write_lines(sheet.note.id, {.x = left, .y = 272}, across, label);
  pen.write_lines(sheet.note.en, {.x = left, .y = 276.4}, across, label);
}

void draw_card(Pen& pen, const CertificateSheet& sheet, const QrModules& code) {
  using namespace card;
  pen.box({.x = 0, .y = 0}, 85.6, 1.6, Ink::accent);
  Place at = pen.write_lines(sheet.authority, {.x = left, .y = 6.4}, column, authority);
  at.y += 2.2;
  at = pen.write_lines(sheet.title.id, at, column, title);
  at.y -= 0.6;
  at = pen.write_lines(sheet.title.en, at, column, subtitle);
  at.y += 2.2;
  const bool has_signs = pen.can_write(sheet.name, name);
  at = pen.write_lines(has_signs ? sheet.name : sheet.plain_name, at, column, name);
  for (const auto& field : sheet.fields) {
    // Where a long name has taken the room, the last of them, until when it is valid, is the one that stays.
    const bool has_room = at.y < last_row - row || (&field == &sheet.fields.back() && at.y < last_row);
    if (!field.is_on_card || !has_room) continue;
    at.y += 0.9;
    pen.write(both(field.label), at, label);
    at.y += 2.7;
    at = pen.write_lines(field.value, at, column, text);
  }
  const double code_left = 85.6 - left - code_width;
  pen.code(code, {.x = code_left, .y = 6}, code_width);
  pen.write_lines(sheet.number, {.x = left, .y = 50.6}, 85.6 - (2 * left), label);
}

cairo_status_t append(void* all, const unsigned char* piece, unsigned int size) {
  auto& out = *static_cast<Bytes*>(all);
  out.insert(out.end(), piece, piece + size);
  return CAIRO_STATUS_SUCCESS;
}

// Letters stand where they stand at every size: nothing is fitted to the pixels of a screen.
void leave_unhinted(cairo_t* page) {
  const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options{
      cairo_font_options_create(), cairo_font_options_destroy};
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(page, options.get());
}

}  // namespace

Result<Bytes> certificate_pdf(const CertificateSheet& sheet, PageFormat format) {
  TRY(code, qr_modules(sheet.code, sheet.repair));
  const auto size = size_of(format);
  Bytes out;
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface{
      cairo_pdf_surface_create_for_stream(append, &out, size.width * points_a_mm, size.height * points_a_mm),
      cairo_surface_destroy};
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, both(sheet.title).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, sheet.made_at.c_str());
  {
    const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> page{cairo_create(surface.get()), cairo_destroy};
    leave_unhinted(page.get());
    Pen pen{page.get()};
    if (format == PageFormat::a4) {
      draw_a4(pen, sheet, code);
    } else {
      draw_card(pen, sheet, code);
    }
    cairo_show_page(page.get());
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return fail(Errc::io, "cairo");
  return out;
}

}  // namespace lindung::image
