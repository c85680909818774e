// Numbers of mobile telephones in one spelling.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace lindung::people {

// "+6281234567890". Privacy: names a person.
using Phone = Id<struct PhoneTag, std::string>;

// "0812-3456-7890", "62 812…", "+62812…" of Indonesia, and any other "+" number of 8 to 15 digits (ITU-T E.164).
// Errors: malformed, "phone".
[[nodiscard]] Result<Phone> parse_phone(std::string_view text);

}  // namespace lindung::people
