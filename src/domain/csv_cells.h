// What stands in the cells of a CSV row, with what spreadsheets do to it: dates with the day first, numbers that lost
// digits, apostrophes and spaces nobody sees. Refusals have no pointer; the reader knows the column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/code_map.h"
#include "domain/fhir_node.h"
#include "domain/nik.h"
#include "domain/record.h"

namespace lindung::domain::csv {

using fhir::Read;

// Without white space around it, non-breaking spaces, marks of zero width and the apostrophe that makes a cell text; a
// non-breaking space inside becomes a space.
[[nodiscard]] std::string clean(std::string_view cell);
// ASCII.
[[nodiscard]] std::string lower(std::string_view text);

// None for an empty cell. Reasons: nik_damaged_by_spreadsheet ("3.17406E+15", 15 digits, a serial number of zeros),
// invalid_nik.
[[nodiscard]] Read<std::optional<Nik>> parse_nik_cell(std::string_view cell);

// As FHIR writes it: "2021-05-20" out of "20/05/2021", "20-5-2021", "2021/5/20"; years and months as they stand.
// Reasons: invalid_date. A number above 12 in the place of the month is one.
[[nodiscard]] Read<std::string> iso_date(std::string_view cell);

struct WhenCells {
  std::string_view date;
  std::string_view time;
  std::string_view zone;
};
// As FHIR writes it, with WIB where no zone is given. "00:00" behind a date in one cell is what a spreadsheet makes of
// a day, and no time. Reasons: missing_date, invalid_date, unknown_time_zone.
[[nodiscard]] Read<std::string> iso_moment(const WhenCells& cells);

// "vaksinasi". None if it is no kind.
[[nodiscard]] std::optional<RecordKind> kind_of_word(std::string_view cell);

// By our own code, a name (data/codes/vaccine-names.json), or a CVX or KFA code. Null if it is none.
[[nodiscard]] const Vaccine* find_vaccine(const CodeMap& codes, std::string_view cell);

// 0 for words such as "booster". Reasons: invalid_dose_number.
[[nodiscard]] Read<std::uint32_t> parse_dose(std::string_view cell);

}  // namespace lindung::domain::csv
