// From the codes in one picture to the text of one certificate.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace lindung::cert {

// Parts of one SMART Health Card are joined, and codes of no known format (an address on the same page) do not count
// beside one that is. Errors: not_found for none; conflict where two different certificates are in the picture.
[[nodiscard]] Result<std::string> text_of_codes(std::vector<std::string> codes);

}  // namespace lindung::cert
