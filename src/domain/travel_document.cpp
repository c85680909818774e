#include "domain/travel_document.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "domain/travel_fault.h"

namespace lindung::domain {

namespace {

constexpr std::string_view home = "IDN";
constexpr int first_year = 1850;

constexpr std::array kinds = {std::pair{DocumentKind::passport, std::string_view{"passport"}},
                              std::pair{DocumentKind::identity_card, std::string_view{"identity-card"}},
                              std::pair{DocumentKind::nik, std::string_view{"nik"}}};

bool is_state(std::string_view text) {
  return !text.empty() && text.size() <= 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_name(const DocumentName& name) {
  const auto is_part = [](std::string_view part) {
    return std::ranges::all_of(part, [](char c) { return (c >= 'A' && c <= 'Z') || c == '<'; });
  };
  return is_part(name.family) && is_part(name.given) && name.family.size() + name.given.size() > 0 &&
         name.family.size() <= 2 * document_name_width && name.given.size() <= 2 * document_name_width;
}

bool is_number(const TravelDocument& document) {
  if (document.kind == DocumentKind::nik) return parse_nik(document.number).has_value();
  const auto parsed = parse_passport(document.number);
  return parsed.has_value() && parsed.value().number() == document.number;
}

// The first day that the birth date can mean; what is unknown is taken as early as it can be.
std::chrono::year_month_day earliest(const PartialDate& birth) {
  return std::chrono::year{birth.year} / std::chrono::month{birth.month == 0 ? 1 : birth.month} /
         std::chrono::day{birth.day == 0 ? 1 : birth.day};
}

// And the last one.
std::chrono::year_month_day latest(const PartialDate& birth) {
  const auto month = std::chrono::month{birth.month == 0 ? 12 : birth.month};
  const auto last = (std::chrono::year{birth.year} / month / std::chrono::last).day();
  return std::chrono::year{birth.year} / month / (birth.day == 0 ? last : std::chrono::day{birth.day});
}

std::chrono::year_month_day date_of(Day day) {
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day.number}}};
}

bool is_birth(const PartialDate& birth, Day first) {
  if (birth.year < first_year || (birth.month == 0 && birth.day != 0) || !earliest(birth).ok()) return false;
  return earliest(birth) <= date_of(first);
}

}  // namespace

std::string_view name_of(DocumentKind kind) noexcept {
  const auto* found = std::ranges::find(kinds, kind, &std::pair<DocumentKind, std::string_view>::first);
  return found == kinds.end() ? "?" : found->second;
}

Result<DocumentKind> parse_document_kind(std::string_view text) {
  const auto* found = std::ranges::find(kinds, text, &std::pair<DocumentKind, std::string_view>::second);
  if (found == kinds.end()) return fail(Errc::malformed, "document kind: passport, identity-card or nik is needed");
  return found->first;
}

bool is_citizen(const TravelDocument& document) noexcept { return document.nationality == home; }

std::vector<TravelFault> faults_of(const TravelDocument& document, Day first, Day last) {
  std::vector<TravelFault> faults;
  const auto hold = [&](bool is_good, TravelFault fault) {
    if (!is_good) faults.push_back(fault);
  };
  const bool is_nik = document.kind == DocumentKind::nik;
  hold(is_number(document), TravelFault::document_number);
  hold(is_nik ? document.issuing_state == home : is_state(document.issuing_state), TravelFault::document_state);
  hold(is_state(document.nationality), TravelFault::document_nationality);
  hold(is_name(document.name), TravelFault::document_name);
  hold(is_birth(document.birth, first), TravelFault::document_birth);
  hold(!is_nik || is_citizen(document), TravelFault::foreigner_without_passport);
  hold(is_nik != document.expiry.has_value(), TravelFault::document_expiry);
  if (document.expiry) {
    hold(document.expiry->ok(), TravelFault::document_expiry);
    hold(!document.expiry->ok() || *document.expiry >= date_of(last), TravelFault::document_expired);
  }
  return faults;
}

unsigned age_on(const PartialDate& birth, Day day) noexcept {
  const auto born = latest(birth);
  const auto on = date_of(day);
  auto years = static_cast<int>(on.year()) - static_cast<int>(born.year());
  if (std::pair{on.month(), on.day()} < std::pair{born.month(), born.day()}) --years;
  return years < 0 ? 0 : static_cast<unsigned>(years);
}

}  // namespace lindung::domain
