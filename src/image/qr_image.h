// Texts as QR codes (ISO/IEC 18004): as SVG or PNG, or as the modules that a page draws itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::image {

// How much of a code may be unreadable: about 7, 15, 25 of a hundred.
enum class QrRepair : std::uint8_t { low, medium, quartile };

// Dark and light squares, without the quiet zone.
struct QrModules {
  int size{};
  std::vector<bool> dark;  // row by row
  [[nodiscard]] bool at(int x, int y) const noexcept {
    return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(size) + static_cast<std::size_t>(x)];
  }
};

inline constexpr int quiet_zone = 4;  // modules

// Digits behind "shc:/" are a part of their own, as SMART Health Cards ask.
// Errors (all): invalid_argument for text that fits in no QR code.
[[nodiscard]] Result<QrModules> qr_modules(std::string_view text, QrRepair repair = QrRepair::medium);

[[nodiscard]] Result<std::string> qr_svg(std::string_view text, QrRepair repair = QrRepair::medium);

// Black and white, 8 pixels a module, with the quiet zone. Errors: io too.
[[nodiscard]] Result<Bytes> qr_png(std::string_view text, QrRepair repair = QrRepair::medium);

}  // namespace lindung::image
