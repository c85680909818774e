// Names as a machine-readable zone writes them: made from a person's own spelling and cut to the field.
// Source: ICAO Doc 9303 part 3 section 4.6 and 6, part 4 section 4.2.3 (truncation).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lindung::domain {

// "Eriksson", "Anna Maria" becomes "ERIKSSON<<ANNA<MARIA"; without fillers behind it. What is longer than the field is
// cut so that the last place holds a letter, by which a reader sees the cut, and so that something of both names stays.
// Shape: any UTF-8; width at least 8. Privacy: personal data. Empty: nothing of the primary name can be written.
[[nodiscard]] std::string zone_names(std::string_view primary, std::string_view secondary, std::size_t width = 39);

}  // namespace lindung::domain
