#include "domain/csv_header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/csv.h"
#include "domain/csv_cells.h"

namespace lindung::domain::csv {

namespace {

constexpr std::size_t max_header = std::size_t{16} * 1024;
constexpr std::array<char, 3> delimiters{';', ',', '\t'};

struct Name {
  std::string_view text;
  Column column;
};
// The first name of a column is what errors call it.
constexpr std::array names{
    Name{"nik", Column::nik},
    Name{"no_nik", Column::nik},
    Name{"nomor_nik", Column::nik},
    Name{"no_ktp", Column::nik},
    Name{"nomor_ktp", Column::nik},
    Name{"nomor_induk_kependudukan", Column::nik},
    Name{"passport", Column::passport},
    Name{"passport_number", Column::passport},
    Name{"paspor", Column::passport},
    Name{"no_paspor", Column::passport},
    Name{"nomor_paspor", Column::passport},
    Name{"name", Column::name},
    Name{"full_name", Column::name},
    Name{"nama", Column::name},
    Name{"nama_lengkap", Column::name},
    Name{"birth_date", Column::birth_date},
    Name{"date_of_birth", Column::birth_date},
    Name{"tanggal_lahir", Column::birth_date},
    Name{"tgl_lahir", Column::birth_date},
    Name{"kind", Column::kind},
    Name{"jenis", Column::kind},
    Name{"date", Column::date},
    Name{"tanggal", Column::date},
    Name{"tgl", Column::date},
    Name{"time", Column::time},
    Name{"waktu", Column::time},
    Name{"jam", Column::time},
    Name{"zone", Column::zone},
    Name{"time_zone", Column::zone},
    Name{"zona", Column::zone},
    Name{"zona_waktu", Column::zone},
    Name{"vaccine", Column::vaccine},
    Name{"vaksin", Column::vaccine},
    Name{"nama_vaksin", Column::vaccine},
    Name{"jenis_vaksin", Column::vaccine},
    Name{"dose", Column::dose},
    Name{"dose_number", Column::dose},
    Name{"dosis", Column::dose},
    Name{"dosis_ke", Column::dose},
    Name{"lot", Column::lot},
    Name{"lot_number", Column::lot},
    Name{"batch", Column::lot},
    Name{"no_batch", Column::lot},
    Name{"nomor_batch", Column::lot},
    Name{"test", Column::test},
    Name{"test_type", Column::test},
    Name{"tes", Column::test},
    Name{"jenis_tes", Column::test},
    Name{"result", Column::result},
    Name{"hasil", Column::result},
    Name{"hasil_tes", Column::result},
    Name{"until", Column::until},
    Name{"valid_until", Column::until},
    Name{"sampai", Column::until},
    Name{"berlaku_sampai", Column::until},
};

// "Tanggal Lahir", "tanggal-lahir" and "TANGGAL_LAHIR" are one name.
const Name* find_column(std::string_view cell) {
  auto text = lower(clean(cell));
  std::ranges::replace_if(text, [](char c) { return c == ' ' || c == '-' || c == '.'; }, '_');
  const auto* const known = std::ranges::find(names, std::string_view{text}, &Name::text);
  return known == names.end() ? nullptr : known;
}

std::string_view first_name(Column column) { return std::ranges::find(names, column, &Name::column)->text; }

struct FirstRow {
  codec::CsvRow row;
  char delimiter{};
  std::size_t begin{};
  std::size_t line{};
  std::size_t known{};
};

FirstRow first_row(std::string_view text, char delimiter, std::size_t from, std::size_t line) {
  FirstRow first{.row = {}, .delimiter = delimiter, .begin = 0, .line = 0, .known = 0};
  codec::CsvReader reader{text.substr(from), delimiter, max_header, line};
  if (!reader.next(first.row)) return first;
  first.begin = from + reader.position();
  first.line = reader.line();
  for (const auto& cell : first.row.fields) first.known += find_column(cell) == nullptr ? 0 : 1;
  return first;
}

// With the delimiter of a line "sep=;" in front, as spreadsheets write it, else the one that shows most of our columns.
FirstRow find_first_row(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const auto head = text.substr(begin, 6);
  if (head.size() >= 5 && lower(head.substr(0, 4)) == "sep=" &&
      (head.size() == 5 || head[5] == '\r' || head[5] == '\n' || text.substr(begin + 5, 1) == "\"")) {
    const auto rest = std::min(text.find_first_of("\r\n", begin + 4), text.size());
    const auto before = text.substr(0, rest);
    const auto lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    // The line end itself is passed over as a blank line.
    return first_row(text, head[4], rest, lines + 1);
  }
  FirstRow best;
  for (const char delimiter : delimiters) {
    auto row = first_row(text, delimiter, 0, 1);
    if (best.row.fields.empty() || row.known > best.known) best = std::move(row);
  }
  return best;
}

std::string quoted(std::string_view name) { return "\"" + std::string{name} + "\""; }

Result<void> check_columns(const Header& header) {
  const auto lacks = [&](Column column) { return !header.at(column); };
  const auto needs = [](Column column, std::string_view why) {
    return fail(Errc::invalid_argument, "CSV header: no column " + quoted(first_name(column)) + std::string{why});
  };
  if (lacks(Column::nik) && lacks(Column::passport)) return needs(Column::nik, " and no \"passport\"");
  for (const auto column : {Column::date, Column::vaccine, Column::test, Column::result, Column::until}) {
    if (!lacks(column) && lacks(Column::kind)) return needs(Column::kind, ", which says what each row is");
  }
  if (!lacks(Column::kind) && lacks(Column::date)) return needs(Column::date, "");
  return ok();
}

}  // namespace

bool has_header(std::string_view text) { return find_first_row(text).known > 0; }

Result<Header> read_header(std::string_view text) {
  const auto first = find_first_row(text);
  if (first.row.fields.empty()) return fail(Errc::invalid_argument, "CSV header: it cannot be read");
  Header header{.delimiter = first.delimiter, .columns = 0, .found = {}, .begin = first.begin, .line = first.line};
  for (std::size_t place = 0; place < first.row.fields.size(); ++place) {
    if (clean(first.row.fields[place]).empty()) continue;
    header.columns = place + 1;
    const auto* const known = find_column(first.row.fields[place]);
    if (known == nullptr) {
      return fail(Errc::invalid_argument, "CSV header: column " + std::to_string(place + 1) + " is not known");
    }
    auto& found = header.found.at(static_cast<std::size_t>(known->column));
    if (found) return fail(Errc::invalid_argument, "CSV header: two columns " + quoted(first_name(known->column)));
    found = Header::Found{.place = place, .name = known->text};
  }
  TRYV(check_columns(header));
  return header;
}

}  // namespace lindung::domain::csv
