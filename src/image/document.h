// A document of text on A4 pages, as PDF through cairo: the Indonesian pages first, then the English ones.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "image/page.h"

namespace lindung::image {

struct DocumentSection {
  Words heading;
  std::vector<Words> paragraphs;
};

struct Document {
  Words title;
  Words subtitle;
  std::vector<DocumentSection> sections;
  Words footer;         // at the foot of each page, before its number
  std::string made_at;  // RFC 3339: the only date in the file, so that the same document is the same bytes
};

// Type is embedded. A sign that the type does not have becomes '?'. Errors: io where cairo fails.
[[nodiscard]] Result<Bytes> document_pdf(const Document& document);

}  // namespace lindung::image
