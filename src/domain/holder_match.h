// Whether the holder of a document of another country is a citizen that we know: names as travel documents write them,
// and birth dates of which a part may be unknown. Source: ICAO Doc 9303 part 3, sections 4.6 and 6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/import.h"

namespace lindung::domain {

// Letters A to Z with '<' between the parts. A document that does not tell the two apart has all in `given`.
// Privacy: personal data.
struct DocumentName {
  std::string family;
  std::string given;
};

// The width of a name in the machine-readable zone of a passport, the two fillers between the names included: what is
// as long may have been cut off there.
inline constexpr std::size_t document_name_width = 39;

// True if both can be the name of one person:
// 1. The same parts in any order; an umlaut in either transliteration; parts written together or with hyphens.
// 2. Parts in the middle may be missing in either, the first and the last of the longer name in neither.
// 3. Of a name that may have been cut off, the last part may be a beginning, and what follows it may be missing.
// A name of a single part is the same as one of that part alone. Shape: `known` is as people write it.
[[nodiscard]] bool is_same_name(std::string_view known, const DocumentName& told);

enum class BirthMatch : std::uint8_t {
  same,
  partly,   // what both say is the same, and one of them does not say all
  differs,  // or one of them says nothing
};
[[nodiscard]] BirthMatch match_birth(const std::optional<PartialDate>& known, const std::optional<PartialDate>& told);

}  // namespace lindung::domain
