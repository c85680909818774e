// A certificate on paper: an A4 sheet or a card for the wallet, as PDF through cairo. Two languages, one scale of type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "image/qr_image.h"

namespace lindung::image {

// Indonesian first.
struct Words {
  std::string id;
  std::string en;
};

struct SheetField {
  Words label;
  std::string value;
  bool is_on_card{};
};

// Privacy: a person's certificate.
struct CertificateSheet {
  std::string authority;
  Words title;
  std::string name;
  std::string plain_name;  // stands in where the type has no sign for a letter of the name
  std::vector<SheetField> fields;
  std::string number;
  Words note;
  std::string code;  // what the QR says
  QrRepair repair{QrRepair::medium};
  std::string made_at;  // RFC 3339: the only date in the file, so that the same sheet is the same bytes
};

enum class PageFormat : std::uint8_t { a4, card };  // 210 x 297 and 85.6 x 54 mm

// Type is embedded. Errors: invalid_argument for a code that fits in no QR; io where cairo fails.
[[nodiscard]] Result<Bytes> certificate_pdf(const CertificateSheet& sheet, PageFormat format);

}  // namespace lindung::image
