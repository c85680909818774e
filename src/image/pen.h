// Writes and draws on a page in millimetres, from the upper left corner.
#pragma once

#include <cairo.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image/qr_image.h"

namespace lindung::image {

enum class Weight : std::uint8_t { regular, bold };
enum class Ink : std::uint8_t { black, grey, accent, hairline };

struct Type {
  double points{};
  Weight weight{Weight::regular};
  Ink ink{Ink::black};
};

struct Place {
  double x{};  // mm
  double y{};  // mm, of the line that letters stand on
};

class Pen {
 public:
  explicit Pen(cairo_t* page) noexcept : page_{page} {}

  void write(std::string_view text, Place at, const Type& type);
  // In lines that are not wider; breaks at spaces and slashes, else anywhere. Gives the place of the line behind the
  // last.
  Place write_lines(std::string_view text, Place at, double width, const Type& type);
  [[nodiscard]] std::vector<std::string> lines(std::string_view text, double width, const Type& type);
  [[nodiscard]] double width(std::string_view text, const Type& type);
  // Whether the type has a sign for each letter.
  [[nodiscard]] bool can_write(std::string_view text, const Type& type);

  void line(Place from, double width);
  void box(Place corner, double width, double height, Ink ink);
  // Squares of one drawing, without the quiet zone, which is the caller's.
  void code(const QrModules& modules, Place corner, double width);

 private:
  void use(const Type& type);
  void use(Ink ink);
  cairo_t* page_;
};

}  // namespace lindung::image
