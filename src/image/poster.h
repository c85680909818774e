// The poster of a door on one A4 page, as PDF through cairo: the code to scan, the place's name, and the short code
// that a visitor compares with what their phone shows.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::image {

struct Poster {
  std::string name;
  std::string short_code;   // "K7QX-3M2P"
  std::string code;         // what the QR says
  std::string valid_until;  // "2027-05-21"
  std::string made_at;      // RFC 3339: the only date in the file, so that the same poster is the same bytes
};

// Type is embedded; a sign that the type does not have becomes '?'.
// Errors: invalid_argument for a code that fits in no QR; io where cairo fails.
[[nodiscard]] Result<Bytes> poster_pdf(const Poster& poster);

}  // namespace lindung::image
