#include "domain/border_desk.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/card_claims.h"
#include "domain/holder_match.h"
#include "domain/mrz.h"

namespace lindung::domain {

namespace {

constexpr std::chrono::hours old_list{24};
// Around a date of travel: whoever departs in the evening arrives on the next day, and clocks of countries differ.
constexpr std::chrono::hours day_before{14};
constexpr std::chrono::hours days_after{72};

constexpr std::array<std::string_view, desk_findings> finding_names{
    "wrong-port",     "wrong-day",       "withdrawn",          "superseded", "used-here",        "used-elsewhere",
    "refused-before", "isolated-before", "needs-test",         "not-fit",    "document-differs", "name-differs",
    "birth-differs",  "document-ended",  "document-unchecked", "list-old"};

constexpr std::array verdicts{DeskVerdict::admit, DeskVerdict::test, DeskVerdict::refuse, DeskVerdict::isolate};

}  // namespace

std::string_view name_of(DeskVerdict verdict) noexcept {
  switch (verdict) {
    case DeskVerdict::admit: return "admit";
    case DeskVerdict::test: return "test";
    case DeskVerdict::refuse: return "refuse";
    case DeskVerdict::isolate: return "isolate";
  }
  return "unknown";
}

std::string_view name_of(DeskFinding finding) noexcept { return finding_names[static_cast<std::size_t>(finding)]; }

Result<DeskVerdict> parse_desk_verdict(std::string_view text) {
  const auto* const found = std::ranges::find(verdicts, text, [](DeskVerdict each) { return name_of(each); });
  if (found == verdicts.end()) return fail(Errc::invalid_argument, "a verdict is admit, test, refuse or isolate");
  return *found;
}

bool DeskFindings::stand_against() const noexcept {
  DeskFindings others{bits_};
  others.bits_ &= ~((std::uint64_t{1} << static_cast<unsigned>(DeskFinding::document_unchecked)) |
                    (std::uint64_t{1} << static_cast<unsigned>(DeskFinding::list_old)));
  return others.bits_ != 0;
}

std::vector<DeskFinding> DeskFindings::list() const {
  std::vector<DeskFinding> out;
  for (unsigned i = 0; i < desk_findings; ++i) {
    if (has(static_cast<DeskFinding>(i))) out.push_back(static_cast<DeskFinding>(i));
  }
  return out;
}

DeskFindings card_findings(const CardClaims& claims, const DeskView& view) {
  DeskFindings out;
  if (claims.port != view.port) out.add(DeskFinding::wrong_port);
  const auto day = start_of(claims.travel_date);
  if (view.at < day - day_before || view.at >= day + days_after) out.add(DeskFinding::wrong_day);
  if (view.is_withdrawn) out.add(DeskFinding::withdrawn);
  if (view.newest_version > claims.version) out.add(DeskFinding::superseded);
  if (claims.fitness == CardFitness::fit_with_test) out.add(DeskFinding::needs_test);
  if (claims.fitness == CardFitness::not_fit) out.add(DeskFinding::not_fit);
  if (!view.list_made_at || view.at - *view.list_made_at > old_list) out.add(DeskFinding::list_old);
  return out;
}

DeskFindings passing_findings(const CardClaims& claims, std::span<const KnownPassing> known) {
  DeskFindings out;
  std::uint64_t admitted = 0;
  bool all_are_here = true;
  for (const auto& each : known) {
    if (each.verdict == DeskVerdict::refuse) out.add(DeskFinding::refused_before);
    if (each.verdict == DeskVerdict::isolate) out.add(DeskFinding::isolated_before);
    if (each.verdict != DeskVerdict::admit) continue;
    ++admitted;
    all_are_here = all_are_here && each.is_here;
  }
  if (admitted >= claims.crossings) out.add(all_are_here ? DeskFinding::used_here : DeskFinding::used_elsewhere);
  return out;
}

DeskFindings document_findings(const CardClaims& claims, const CardPerson& person, const TravelZone& zone,
                               const std::optional<Secret<32>>& key, Moment at) {
  DeskFindings out;
  const bool is_same_document = key ? document_mark(*key, claims.id, zone.number) == person.mark
                                    : document_tail(zone.number) == person.document_tail;
  if (!is_same_document) out.add(DeskFinding::document_differs);
  if (!key) out.add(DeskFinding::document_unchecked);
  if (!is_same_name(person.name, zone.name)) out.add(DeskFinding::name_differs);
  const bool both_say_year = person.birth_year != 0 && zone.birth.has_value();
  if (both_say_year && static_cast<int>(person.birth_year) != zone.birth->year) out.add(DeskFinding::birth_differs);
  if (has_ended(zone, at)) out.add(DeskFinding::document_ended);
  return out;
}

std::optional<std::size_t> person_of_document(const CardClaims& claims, const TravelZone& zone,
                                              const std::optional<Secret<32>>& key) {
  for (std::size_t i = 0; i < claims.persons.size(); ++i) {
    const auto& person = claims.persons[i];
    const bool is_theirs = key ? document_mark(*key, claims.id, zone.number) == person.mark
                               : document_tail(zone.number) == person.document_tail;
    if (is_theirs) return i;
  }
  return std::nullopt;
}

bool needs_override(DeskVerdict verdict, DeskFindings findings) noexcept {
  switch (verdict) {
    case DeskVerdict::admit: return findings.stand_against();
    case DeskVerdict::test:
    case DeskVerdict::refuse: return !findings.stand_against();
    case DeskVerdict::isolate: return false;
  }
  return true;
}

}  // namespace lindung::domain
