// CodeableConcept: the codes it holds, looked up in a table.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "domain/fhir_node.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {

// Calls `each(system, code)` for every coding of a CodeableConcept that has a code; an absent system is empty.
// Reasons: wrong_type, value_too_long.
template <class F>
[[nodiscard]] Read<void> each_coding(const Node& concept_node, F&& each) {
  TRYV(concept_node.check_object());
  const auto codings = concept_node.member("coding");
  TRYV(codings.check_list());
  for (std::size_t i = 0; i < codings.size(); ++i) {
    const auto coding = codings.item(i);
    TRYV(coding.check_object());
    TRY(system, coding.member("system").text());
    TRY(code, coding.member("code").text());
    if (code) each(system.value_or(""), *code);
  }
  return ok();
}

// What the codings say, by `look_up(system, code)`, which gives an optional; none if no coding is known.
// Reasons: conflicting_codes if two known ones differ.
template <class T, class F>
[[nodiscard]] Read<std::optional<T>> one_meaning(const Node& concept_node, F&& look_up) {
  std::optional<T> meaning;
  bool conflict = false;
  TRYV(each_coding(concept_node, [&](std::string_view system, std::string_view code) {
    const std::optional<T> found = look_up(system, code);
    conflict = conflict || (found && meaning && *found != *meaning);
    if (found) meaning = found;
  }));
  if (conflict) return concept_node.refused(Reason::conflicting_codes);
  return meaning;
}

// What a list of CodeableConcepts says, in the same way.
template <class T, class F>
[[nodiscard]] Read<std::optional<T>> one_meaning_of_all(const Node& concepts, F&& look_up) {
  TRYV(concepts.check_list());
  std::optional<T> said;
  for (std::size_t i = 0; i < concepts.size(); ++i) {
    TRY(each, one_meaning<T>(concepts.item(i), look_up));
    if (each && said && *each != *said) return concepts.refused(Reason::conflicting_codes);
    if (each) said = each;
  }
  return said;
}

// True if a coding has this code, in any system: for FHIR's own small, required value sets.
[[nodiscard]] inline Read<bool> has_code(const Node& concept_node, std::string_view wanted) {
  bool found = false;
  TRYV(each_coding(concept_node,
                   [&](std::string_view /*system*/, std::string_view code) { found = found || code == wanted; }));
  return found;
}

}  // namespace lindung::domain::fhir
