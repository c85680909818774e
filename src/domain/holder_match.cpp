#include "domain/holder_match.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/import.h"
#include "domain/transliteration.h"

namespace lindung::domain {
namespace {

using Parts = std::vector<std::string_view>;

void append_parts(Parts& out, std::string_view name) {
  while (!name.empty()) {
    const auto end = std::min(name.find('<'), name.size());
    if (end != 0) out.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
}

std::string joined(const Parts& parts) {
  std::string out;
  for (const auto part : parts) out += part;
  return out;
}

bool has_part(const Parts& parts, std::string_view part) { return std::ranges::find(parts, part) != parts.end(); }

// Takes each part of `some` out of a copy of `all`; what is left, or none if one is not there.
std::optional<Parts> rest_without(Parts all, const Parts& some) {
  for (const auto part : some) {
    const auto found = std::ranges::find(all, part);
    if (found == all.end()) return std::nullopt;
    all.erase(found);
  }
  return all;
}

// Parts in the middle of the longer name may be missing in the shorter one.
bool lacks_middle_only(const Parts& longer, const Parts& shorter) {
  if (shorter.size() < 2 || longer.size() <= shorter.size()) return false;
  return rest_without(longer, shorter) && has_part(shorter, longer.front()) && has_part(shorter, longer.back());
}

// A document cut off at its width: its last part may be a beginning, and others may be missing behind it.
bool continues(const Parts& known, Parts cut) {
  if (cut.size() < 2) return false;
  const auto last = cut.back();
  cut.pop_back();
  const auto rest = rest_without(known, cut);
  return rest && std::ranges::any_of(*rest, [&](std::string_view part) { return part.starts_with(last); });
}

bool is_same(std::string_view known_letters, const DocumentName& told) {
  Parts known;
  append_parts(known, known_letters);
  Parts given_first;
  append_parts(given_first, told.given);
  append_parts(given_first, told.family);
  Parts family_first;
  append_parts(family_first, told.family);
  append_parts(family_first, told.given);
  if (known.empty() || given_first.empty()) return false;
  // People of one name have it in both fields of some documents.
  if (known.size() == 1 && std::ranges::all_of(given_first, [&](auto part) { return part == known.front(); })) {
    return true;
  }
  if (joined(known) == joined(given_first) || joined(known) == joined(family_first)) return true;
  if (known.size() == given_first.size() && rest_without(known, given_first)) return true;
  if (lacks_middle_only(known, given_first) || lacks_middle_only(given_first, known)) return true;
  const auto width = told.family.size() + 2 + told.given.size();
  const bool may_be_cut = width >= document_name_width || told.given.size() >= document_name_width;
  return may_be_cut && continues(known, family_first);
}

}  // namespace

bool is_same_name(std::string_view known, const DocumentName& told) {
  return is_same(icao_transliterated(known), told) || is_same(icao_transliterated_short(known), told);
}

BirthMatch match_birth(const std::optional<PartialDate>& known, const std::optional<PartialDate>& told) {
  if (!known || !told || known->year != told->year) return BirthMatch::differs;
  if (known->month == 0 || told->month == 0) return BirthMatch::partly;
  if (known->month != told->month) return BirthMatch::differs;
  if (known->day == 0 || told->day == 0) return BirthMatch::partly;
  return known->day == told->day ? BirthMatch::same : BirthMatch::differs;
}

}  // namespace lindung::domain
