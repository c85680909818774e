// Published figures as pictures: a map of the provinces as equal tiles, in about the places where they lie (no border
// of any map is needed, and no province is too small to read), and a time series. SVG, in Indonesian or English.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "domain/syndrome.h"

namespace lindung::cli {

enum class Language : std::uint8_t { indonesian, english };

// Shape: `figures` is what was published of one day. Errors: malformed for anything else.
[[nodiscard]] Result<std::string> province_map_svg(const boost::json::value& figures,
                                                   const domain::SyndromeInfo& syndrome, Language language);
// Shape: what was published of several days, in their order. Errors: malformed; not_found when there is none.
[[nodiscard]] Result<std::string> series_svg(const boost::json::array& figures, const domain::SyndromeInfo& syndrome,
                                             Language language);

}  // namespace lindung::cli
