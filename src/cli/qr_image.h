// A venue code as a picture for a poster or a screen: QR (ISO/IEC 18004), alphanumeric mode, as SVG or PNG.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::cli {

// Errors: invalid_argument for text that fits in no QR code.
[[nodiscard]] Result<std::string> qr_svg(std::string_view text);

// Black and white, 8 pixels a module, with the quiet zone of 4 modules. Errors: as qr_svg(); io.
[[nodiscard]] Result<Bytes> qr_png(std::string_view text);

}  // namespace lindung::cli
