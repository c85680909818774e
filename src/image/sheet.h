// A sheet of A4 as pages are laid out on it, in millimetres.
#pragma once

namespace lindung::image {

inline constexpr double points_a_mm = 72 / 25.4;
inline constexpr double page_width = 210;
inline constexpr double page_height = 297;

}  // namespace lindung::image
