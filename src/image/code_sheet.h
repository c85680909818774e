// Several codes of one person on A4 pages, for who has no telephone: each with what it is and when to show it.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "image/page.h"
#include "image/qr_image.h"

namespace lindung::image {

struct CodeBlock {
  Words title;
  std::string when;  // of a pass: from when until when it is shown
  std::string code;  // what the QR says
  QrRepair repair{QrRepair::medium};
};

// Privacy: a person's passes and card.
struct CodeSheet {
  std::string authority;
  Words title;
  std::string name;
  std::string plain_name;  // stands in where the type has no sign for a letter of the name
  Words note;
  std::vector<CodeBlock> blocks;
  std::string made_at;  // RFC 3339: the only date in the file, so that the same sheet is the same bytes
};

// Six blocks a page. Type is embedded. Errors: invalid_argument for a code that fits in no QR, and for no block; io
// where cairo fails.
[[nodiscard]] Result<Bytes> code_sheet_pdf(const CodeSheet& sheet);

}  // namespace lindung::image
