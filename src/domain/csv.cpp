#include "domain/csv.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/code_map.h"
#include "domain/csv_cells.h"
#include "domain/csv_header.h"
#include "domain/csv_rows.h"
#include "domain/fhir.h"
#include "domain/fhir_date.h"
#include "domain/fhir_node.h"
#include "domain/fhir_parts.h"
#include "domain/fhir_patient.h"
#include "domain/fhir_people.h"
#include "domain/fhir_table.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/passport.h"
#include "domain/record.h"

namespace lindung::domain::csv {

namespace {

using fhir::Refusal;
using fhir::refuse;

constexpr std::size_t max_name = 200;
constexpr std::size_t max_lot = 64;
constexpr std::string_view word_system = "urn:lindung:word";
constexpr auto any_time = Moment::max() - std::chrono::days{2};  // for what may lie ahead

// The refusal of a cell, told by its column.
auto refused(const Row& row, Column column, Reason reason) {
  const auto& found = row.header.at(column);
  return refuse(reason, found ? std::string{found->name} : std::string{});
}
auto refused(const Row& row, Column column, const Refusal& inner) { return refused(row, column, inner.reason); }

Read<Moment> moment_in(const Row& row, Moment now) {
  const WhenCells cells{.date = row.at(Column::date), .time = row.at(Column::time), .zone = row.at(Column::zone)};
  const auto written = iso_moment(cells);
  if (written.has_error()) {
    const auto reason = written.error().reason;
    return refused(row, reason == Reason::unknown_time_zone ? Column::zone : Column::date, reason);
  }
  const auto at = fhir::fact_moment(written.value(), now);
  if (at.has_error()) return refused(row, Column::date, at.error());
  return at.value();
}

// None for an empty cell. A day ends with its last second, as in FHIR.
Read<std::optional<Moment>> until_in(const Row& row, Moment from) {
  const auto& cell = row.at(Column::until);
  if (cell.empty()) return std::optional<Moment>{};
  const auto written = iso_moment({.date = cell, .time = {}, .zone = row.at(Column::zone)});
  if (written.has_error()) return refused(row, Column::until, written.error());
  const auto end = fhir::end_moment(written.value());
  if (end.has_error()) return refused(row, Column::until, end.error());
  if (end.value() <= from) return refused(row, Column::until, Reason::end_before_start);
  return std::optional{end.value()};
}

Read<Fact> read_vaccination(const Row& row, const CodeMap& codes, Moment at) {
  const auto& cell = row.at(Column::vaccine);
  if (cell.empty()) return refused(row, Column::vaccine, Reason::missing_code);
  const auto* vaccine = find_vaccine(codes, cell);
  if (vaccine == nullptr) return refused(row, Column::vaccine, Reason::unknown_vaccine_code);
  const auto dose = parse_dose(row.at(Column::dose));
  if (dose.has_error()) return refused(row, Column::dose, dose.error());
  const auto& lot = row.at(Column::lot);
  if (lot.size() > max_lot) return refused(row, Column::lot, Reason::value_too_long);
  return Fact{
      Vaccination{.at = at, .vaccine = vaccine->code, .series = vaccine->series, .dose = dose.value(), .lot = lot}};
}

Read<Fact> read_test(const Row& row, const CodeMap& codes, Moment at) {
  if (row.at(Column::test).empty()) return refused(row, Column::test, Reason::missing_code);
  const auto word = lower(row.at(Column::test));
  auto kind = codes.test(word_system, word);
  if (!kind) kind = codes.test("http://loinc.org", row.at(Column::test));
  if (!kind) return refused(row, Column::test, Reason::unknown_test_code);
  if (row.at(Column::result).empty()) return refused(row, Column::result, Reason::missing_result);
  const auto result = codes.result(word_system, lower(row.at(Column::result)));
  if (!result) return refused(row, Column::result, Reason::unknown_result_code);
  return Fact{Test{.at = at, .kind = *kind, .result = *result}};
}

// None: the row is about a person only.
Read<std::optional<Fact>> read_fact(const Row& row, const CodeMap& codes, Moment now) {
  const auto& word = row.at(Column::kind);
  if (word.empty()) return std::optional<Fact>{};
  const auto kind = kind_of_word(word);
  if (!kind) return refused(row, Column::kind, Reason::unknown_kind);
  TRY(at, moment_in(row, *kind == RecordKind::exemption ? any_time : now));
  switch (*kind) {
    case RecordKind::vaccination: {
      TRY(fact, read_vaccination(row, codes, at));
      return std::optional{std::move(fact)};
    }
    case RecordKind::test: {
      TRY(fact, read_test(row, codes, at));
      return std::optional{std::move(fact)};
    }
    case RecordKind::recovery: {
      TRY(until, until_in(row, at));
      return std::optional{Fact{Recovery{.at = at, .until = until}}};
    }
    case RecordKind::exemption: {
      TRY(until, until_in(row, at));
      return std::optional{Fact{Exemption{.at = at, .until = until}}};
    }
    case RecordKind::contact: break;
  }
  return std::optional{Fact{Contact{.at = at}}};
}

Read<Identity> read_person(const Row& row, Moment now) {
  Identity person;
  auto nik = parse_nik_cell(row.at(Column::nik));
  if (nik.has_error()) return refused(row, Column::nik, nik.error());
  person.nik = std::move(nik).value();
  if (!row.at(Column::passport).empty()) {
    auto passport = parse_passport(row.at(Column::passport));
    if (passport.has_error()) return refused(row, Column::passport, Reason::invalid_passport);
    person.passport = std::move(passport).value();
  }
  if (!person.nik && !person.passport) {
    return refused(row, row.header.at(Column::nik) ? Column::nik : Column::passport, Reason::missing_patient);
  }
  person.name = row.at(Column::name);
  if (person.name.size() > max_name) return refused(row, Column::name, Reason::value_too_long);
  fhir::drop_controls(person.name);
  const auto& born = row.at(Column::birth_date);
  if (!born.empty()) {
    const auto written = iso_date(born.substr(0, born.find(' ')));  // "21/03/1990 00:00"
    if (written.has_error()) return refused(row, Column::birth_date, Reason::invalid_birth_date);
    const auto birth = fhir::parse_birth_date(written.value(), now);
    if (birth.has_error()) return refused(row, Column::birth_date, birth.error());
    person.birth = birth.value();
  }
  return person;
}

// Spreadsheets keep 15 digits: of a column of numbers every NIK then ends with a zero, and the names of its owners are
// lost. Among honest ones that happens to one file in 10^8.
class LostDigits {
 public:
  void see(std::string_view cell) {
    const auto nik = parse_nik_cell(cell);
    if (nik.has_error() || !nik.value()) return;
    const auto digits = nik.value()->digits();
    if (digits.back() != '0') all_zero_ = false;
    if (all_zero_ && seen_.size() < enough) seen_.insert(get_be<std::uint64_t>(crypto::sha256(as_bytes(digits))));
  }
  [[nodiscard]] bool are_likely() const noexcept { return all_zero_ && seen_.size() >= enough; }

 private:
  static constexpr std::size_t enough = 8;
  bool all_zero_{true};
  std::set<std::uint64_t> seen_;
};

class Reader {
 public:
  Reader(const ImportContext& context, const std::set<std::size_t>& damaged, std::size_t part_rows,
         const fhir::Take& take)
      : context_{context},
        codes_{context.codes != nullptr ? *context.codes : built_in_codes()},
        batch_{batch_id(context.issuer, context.import_id)},
        damaged_{damaged},
        parts_{part_rows, take, people_} {}

  Result<void> row(const Row& row) {
    const Place place{.file = row.file, .line = row.line, .pointer = {}};
    if (row.fault) return parts_.rejected(place, *row.fault);
    const auto reject = [&](const Refusal& refusal) {
      return parts_.rejected({.file = row.file, .line = row.line, .pointer = refusal.pointer}, refusal.reason);
    };
    auto person = read_person(row, context_.now);
    if (person.has_error()) return reject(person.error());
    if (person.value().nik && damaged_.contains(row.file)) {
      return reject(refused(row, Column::nik, Reason::nik_damaged_by_spreadsheet).error());
    }
    auto fact = read_fact(row, codes_, context_.now);
    if (fact.has_error()) return reject(fact.error());
    if (fact.value() && is_before_birth(*fact.value(), person.value())) {
      return parts_.rejected(place, Reason::date_before_birth);
    }
    const auto identity = identity_of(row);
    if (!seen_.insert(fhir::digest_of({identity}), 0).is_new) return parts_.rejected(place, Reason::duplicate_resource);
    person.value().local = LocalId{record_id(batch_, "person " + identity).value()};
    std::optional<Record> record;
    if (fact.value()) {
      record = Record{.id = record_id(batch_, identity),
                      .issuer = context_.issuer,
                      .batch = batch_,
                      .entered_at = context_.now,
                      .fact = std::move(*fact.value())};
    }
    return report(row, std::move(person).value(), std::move(record));
  }

  Result<Balance> finish() { return parts_.finish(); }

 private:
  Result<void> report(const Row& row, Identity person, std::optional<Record> record) {
    if (person.nik && person.birth && fhir::contradicts(*person.nik, *person.birth)) {
      return parts_.quarantined({.place = {.file = row.file,
                                           .line = row.line,
                                           .pointer = std::string{row.header.at(Column::birth_date)->name}},
                                 .reason = Reason::nik_contradicts_birth_date,
                                 .person = std::move(person),
                                 .record = std::move(record)});
    }
    const auto known = people_.place_of(std::move(person));
    const Place place{.file = row.file, .line = row.line, .pointer = {}};
    return record ? parts_.record(known, std::move(*record), place) : parts_.person(known, place);
  }

  // All cells, in the order of our columns: the same row has it in whatever order the file keeps them.
  static std::string identity_of(const Row& row) {
    std::string identity{"csv"};
    for (const auto& cell : row.cells) identity.append(1, '\x1F').append(cell);
    return identity;
  }

  const ImportContext& context_;
  const CodeMap& codes_;
  BatchId batch_;
  const std::set<std::size_t>& damaged_;  // files whose NIKs lost their last digit
  fhir::People people_;
  fhir::DigestTable seen_;
  fhir::Parts parts_;
};

}  // namespace

bool is_csv(BytesView file) {
  constexpr std::size_t enough = std::size_t{64} * 1024;
  const bool is_utf16 = file.size() >= 2 && (file[0] ^ file[1]) == 1 && (file[0] == 0xFF || file[1] == 0xFF);
  if (is_utf16) return true;
  auto head = as_text(file.first(std::min(file.size(), enough)));
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const auto begin = head.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || head[begin] == '{' || head[begin] == '[') return false;
  return has_header(head);
}

Result<Survey> survey(std::span<const fhir::File> files, const fhir::Limits& limits) {
  Survey survey;
  std::map<std::size_t, LostDigits> lost;
  TRYV(each_row(files, limits.resource_bytes, [&](const Row& row) -> Result<void> {
    if (++survey.rows > limits.rows) return fail(Errc::too_large, "an import of more rows than are allowed at once");
    lost[row.file].see(row.at(Column::nik));
    return ok();
  }));
  for (const auto& [file, digits] : lost) {
    if (digits.are_likely()) survey.damaged.insert(file);
  }
  return survey;
}

Result<Balance> read(std::span<const fhir::File> files, const Survey& survey, const ImportContext& context,
                     std::size_t part_rows, const fhir::Take& take, const fhir::Limits& limits) {
  TRYV(check_import_id(context.import_id));
  Reader reader{context, survey.damaged, part_rows, take};
  TRYV(each_row(files, limits.resource_bytes, [&](const Row& row) { return reader.row(row); }));
  return reader.finish();
}

}  // namespace lindung::domain::csv
