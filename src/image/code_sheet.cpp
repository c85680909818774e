#include "image/code_sheet.h"

#include <cairo-pdf.h>
#include <cairo.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "image/page.h"
#include "image/pen.h"
#include "image/qr_image.h"
#include "image/sheet.h"

namespace lindung::image {
namespace {

constexpr double left = 22;
constexpr double across = page_width - (2 * left);
constexpr double code_width = 62;
constexpr double column_step = across - code_width;  // the second column ends at the right margin
constexpr double first_row = 62;
constexpr double row_step = 74;
constexpr std::size_t columns = 2;
constexpr std::size_t blocks_a_page = 6;

constexpr Type title_type{.points = 18, .weight = Weight::bold};
constexpr Type name_type{.points = 13, .weight = Weight::bold};
constexpr Type authority_type{.points = 9.5, .weight = Weight::bold, .ink = Ink::accent};
constexpr Type block_type{.points = 9, .weight = Weight::bold};
constexpr Type small_type{.points = 8, .weight = Weight::regular, .ink = Ink::grey};

void draw_head(Pen& pen, const CodeSheet& sheet) {
  pen.box({.x = 0, .y = 0}, page_width, 5, Ink::accent);
  pen.write_lines(sheet.authority, {.x = left, .y = 16}, across, authority_type);
  pen.write(sheet.title.id + " · " + sheet.title.en, {.x = left, .y = 26}, title_type);
  const bool has_signs = pen.can_write(sheet.name, name_type);
  pen.write_lines(has_signs ? sheet.name : sheet.plain_name, {.x = left, .y = 34}, across, name_type);
  pen.line({.x = left, .y = 40}, across);
  const auto behind = pen.write_lines(sheet.note.id, {.x = left, .y = 45}, across, small_type);
  pen.write_lines(sheet.note.en, behind, across, small_type);
}

Result<void> draw_block(Pen& pen, const CodeBlock& block, std::size_t place) {
  TRY(modules, qr_modules(block.code, block.repair));
  const double x = left + (static_cast<double>(place % columns) * column_step);
  const auto row = place / columns;
  const double y = first_row + (static_cast<double>(row) * row_step);
  pen.write(block.title.id + " · " + block.title.en, {.x = x, .y = y}, block_type);
  pen.write(block.when, {.x = x, .y = y + 4}, small_type);
  pen.code(modules, {.x = x, .y = y + 6}, code_width);
  return ok();
}

Result<void> draw_page(cairo_t* page, const CodeSheet& sheet, std::span<const CodeBlock> blocks) {
  Pen pen{page};
  draw_head(pen, sheet);
  for (std::size_t place = 0; place < blocks.size(); ++place) {
    TRYV(draw_block(pen, blocks[place], place));
  }
  return ok();
}

cairo_status_t append(void* all, const unsigned char* piece, unsigned int size) {
  auto& out = *static_cast<Bytes*>(all);
  out.insert(out.end(), piece, piece + size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Result<Bytes> code_sheet_pdf(const CodeSheet& sheet) {
  if (sheet.blocks.empty()) return fail(Errc::invalid_argument, "a sheet without a code");
  Bytes out;
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface{
      cairo_pdf_surface_create_for_stream(append, &out, page_width * points_a_mm, page_height * points_a_mm),
      cairo_surface_destroy};
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                 (sheet.title.id + " · " + sheet.title.en).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, sheet.made_at.c_str());
  for (std::span<const CodeBlock> rest{sheet.blocks}; !rest.empty();) {
    const auto blocks = rest.first(std::min(rest.size(), blocks_a_page));
    rest = rest.subspan(blocks.size());
    const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> page{cairo_create(surface.get()), cairo_destroy};
    TRYV(draw_page(page.get(), sheet, blocks));
    cairo_show_page(page.get());
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return fail(Errc::io, "cairo");
  return out;
}

}  // namespace lindung::image
