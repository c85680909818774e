#include "image/document.h"

#include <cairo-pdf.h>
#include <cairo.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "image/page.h"
#include "image/pen.h"
#include "image/sheet.h"

namespace lindung::image {
namespace {

constexpr double left = 22;
constexpr double across = page_width - (2 * left);
constexpr double top = 24;
constexpr double bottom = 272;
constexpr double foot = 285;

constexpr Type title_type{.points = 18, .weight = Weight::bold};
constexpr Type subtitle_type{.points = 8.5, .weight = Weight::regular, .ink = Ink::grey};
constexpr Type heading_type{.points = 11.5, .weight = Weight::bold, .ink = Ink::accent};
constexpr Type text_type{.points = 9.5};
constexpr Type foot_type{.points = 7.5, .weight = Weight::regular, .ink = Ink::grey};
constexpr double title_step = 9;
constexpr double subtitle_step = 4.4;
constexpr double heading_step = 6;
constexpr double text_step = 4.8;
constexpr double gap = 1.4;
constexpr double section_gap = 5;

// Writes lines down a page, and goes on on the next one.
class Writer {
 public:
  Writer(cairo_t* page, std::string footer) : page_{page}, pen_{page}, footer_{std::move(footer)} { begin(); }

  void write(const std::string& text, const Type& type, double step) {
    for (const auto& line : pen_.lines(writable(text, type), across, type)) {
      if (at_ > bottom) turn();
      pen_.write(line, {.x = left, .y = at_}, type);
      at_ += step;
    }
  }
  void leave(double room) { at_ += room; }
  // So that a heading is never the last line of a page.
  void need(double room) {
    if (at_ + room > bottom) turn();
  }
  void end() {
    pen_.write(footer_ + " \xC2\xB7 " + std::to_string(number_), {.x = left, .y = foot}, foot_type);
    cairo_show_page(page_);
  }

 private:
  void begin() {
    pen_.box({.x = 0, .y = 0}, page_width, 4, Ink::accent);
    at_ = top;
    ++number_;
  }
  void turn() {
    end();
    begin();
  }
  // Signs that the type does not have would be boxes.
  std::string writable(const std::string& text, const Type& type) {
    if (pen_.can_write(text, type)) return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      auto end = at + 1;
      while (end < text.size() && (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U) ++end;
      const auto sign = std::string_view{text}.substr(at, end - at);
      out += pen_.can_write(sign, type) ? sign : "?";
      at = end;
    }
    return out;
  }

  cairo_t* page_;
  Pen pen_;
  std::string footer_;
  double at_{top};
  int number_{0};
};

void write_language(cairo_t* page, const Document& document, std::string Words::* language) {
  Writer writer{page, document.footer.*language};
  writer.leave(8);
  writer.write(document.title.*language, title_type, title_step);
  writer.write(document.subtitle.*language, subtitle_type, subtitle_step);
  for (const auto& section : document.sections) {
    writer.leave(section_gap);
    writer.need(heading_step + (2 * text_step));
    writer.write(section.heading.*language, heading_type, heading_step);
    for (const auto& paragraph : section.paragraphs) {
      writer.write(paragraph.*language, text_type, text_step);
      writer.leave(gap);
    }
  }
  writer.end();
}

cairo_status_t append(void* all, const unsigned char* piece, unsigned int size) {
  auto& out = *static_cast<Bytes*>(all);
  out.insert(out.end(), piece, piece + size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Result<Bytes> document_pdf(const Document& document) {
  Bytes out;
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface{
      cairo_pdf_surface_create_for_stream(append, &out, page_width * points_a_mm, page_height * points_a_mm),
      cairo_surface_destroy};
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                 (document.title.id + " / " + document.title.en).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, document.made_at.c_str());
  {
    const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> page{cairo_create(surface.get()), cairo_destroy};
    write_language(page.get(), document, &Words::id);
    write_language(page.get(), document, &Words::en);
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return fail(Errc::io, "cairo");
  return out;
}

}  // namespace lindung::image
