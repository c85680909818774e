#include "domain/fhir_patient.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_date.h"
#include "domain/fhir_node.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/nik.h"
#include "domain/passport.h"

namespace lindung::domain::fhir {

namespace {

constexpr std::size_t max_name = 200;
constexpr int oldest_birth_year = 1875;  // the longest life known began then

// What stands behind "https://fhir.kemkes.go.id/id/"; empty for another system.
std::string_view ministry_path(std::string_view system) noexcept {
  constexpr std::string_view host = "://fhir.kemkes.go.id/id/";
  const auto at = system.find(host);
  if (at == std::string_view::npos || (system.substr(0, at) != "https" && system.substr(0, at) != "http")) return {};
  system.remove_prefix(at + host.size());
  if (system.ends_with('/')) system.remove_suffix(1);
  return system;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string clean(std::string_view name) {
  std::string cleaned{name};
  drop_controls(cleaned);
  return cleaned;
}

// HumanName to one line: its text, else given names and family name.
Read<std::string> one_line(const Node& name) {
  TRYV(name.check_object());
  TRY(text, name.member("text").text(max_name));
  if (text && !text->empty()) return clean(*text);
  const auto given = name.member("given");
  TRYV(given.check_list());
  std::string line;
  const auto add = [&line](std::string_view part) {
    if (!line.empty() && !part.empty()) line += ' ';
    line += part;
  };
  for (std::size_t i = 0; i < given.size(); ++i) {
    TRY(part, given.item(i).text(max_name));
    add(part.value_or(""));
  }
  TRY(family, name.member("family").text(max_name));
  add(family.value_or(""));
  if (line.size() > max_name) return name.refused(Reason::value_too_long);
  return clean(line);
}

// The first name of the best use: official, usual, any that is not old.
Read<std::string> read_name(const Node& patient) {
  const auto names = patient.member("name");
  TRYV(names.check_list());
  constexpr std::array<std::string_view, 2> preferred{"official", "usual"};
  std::optional<std::size_t> best;
  std::size_t best_rank = preferred.size() + 1;
  for (std::size_t i = 0; i < names.size(); ++i) {
    TRY(use, names.item(i).member("use").text());
    if (use == "old") continue;
    const auto place = std::ranges::find(preferred, use.value_or(""));
    const auto rank = static_cast<std::size_t>(place - preferred.begin());
    if (rank < best_rank) {
      best = i;
      best_rank = rank;
    }
  }
  if (!best) return std::string{};
  return one_line(names.item(*best));
}

Read<void> add_identifier(const Node& identifier, Identity& identity) {
  TRYV(identifier.check_object());
  TRY(system, identifier.member("system").text());
  const bool is_nik = system && is_nik_system(*system);
  if (!is_nik && !(system && is_passport_system(*system))) return ok();
  TRY(use, identifier.member("use").text());
  if (use == "old") return ok();
  const auto value = identifier.member("value");
  TRY(text, value.text());
  if (is_nik) {
    auto nik = parse_nik(text.value_or(""));
    if (nik.has_error()) return value.refused(Reason::invalid_nik);
    if (identity.nik && *identity.nik != nik.value()) return value.refused(Reason::ambiguous_nik);
    identity.nik = std::move(nik).value();
    return ok();
  }
  auto passport = parse_passport(text.value_or(""));
  if (passport.has_error()) return value.refused(Reason::invalid_passport);
  // People have passports of several countries, one after the other: the first one written is the one we know them by.
  if (!identity.passport) identity.passport = std::move(passport).value();
  return ok();
}

Read<std::optional<PartialDate>> read_birth_date(const Node& patient, Moment now) {
  const auto member = patient.member("birthDate");
  TRY(text, member.text());
  if (!text) return std::optional<PartialDate>{};
  const auto read = parse_birth_date(*text, now);
  if (read.has_error()) return member.refused(read.error());
  return std::optional{read.value()};
}

}  // namespace

bool is_nik_system(std::string_view system) noexcept { return ministry_path(system) == "nik"; }

bool is_passport_system(std::string_view system) noexcept {
  constexpr std::string_view of_hl7 = "http://hl7.org/fhir/sid/passport-";
  return ministry_path(system) == "paspor" || (system.starts_with(of_hl7) && system.size() == of_hl7.size() + 3);
}

bool contradicts(const Nik& nik, const PartialDate& birth) {
  // Compared without the century, which a NIK does not hold.
  const auto written = nik.digits();
  const auto number = [&](std::size_t at) {
    return static_cast<unsigned>(written[at] - '0') * 10 + static_cast<unsigned>(written[at + 1] - '0');
  };
  constexpr unsigned female_offset = 40;
  const unsigned day = number(6) > female_offset ? number(6) - female_offset : number(6);
  return static_cast<unsigned>(birth.year) % 100 != number(10) || (birth.month != 0 && birth.month != number(8)) ||
         (birth.day != 0 && birth.day != day);
}

void drop_controls(std::string& name) { std::ranges::replace_if(name, is_control, ' '); }

Read<PartialDate> parse_birth_date(std::string_view text, Moment now) {
  const auto read = parse_date(text);
  if (read.has_error() || read.value().precision == Precision::second || read.value().date.year < oldest_birth_year ||
      read.value().begin > now + std::chrono::days{1}) {
    return refuse(Reason::invalid_birth_date);
  }
  return read.value().date;
}

Read<PatientRead> read_patient(const Node& patient, Moment now) {
  PatientRead read;
  const auto identifiers = patient.member("identifier");
  TRYV(identifiers.check_list());
  for (std::size_t i = 0; i < identifiers.size(); ++i) {
    TRYV(add_identifier(identifiers.item(i), read.identity));
  }
  TRY(name, read_name(patient));
  read.identity.name = std::move(name);
  TRY(birth, read_birth_date(patient, now));
  read.identity.birth = birth;
  if (read.identity.nik && birth && contradicts(*read.identity.nik, *birth)) {
    read.hold = Refusal{.reason = Reason::nik_contradicts_birth_date, .pointer = patient.member("birthDate").pointer()};
  }
  return read;
}

Read<std::optional<Identity>> read_identifier(const Node& identifier) {
  Identity identity;
  TRYV(add_identifier(identifier, identity));
  if (!identity.nik && !identity.passport) return std::optional<Identity>{};
  return std::optional{std::move(identity)};
}

}  // namespace lindung::domain::fhir
