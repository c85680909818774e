#include "domain/fhir_result.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/code_map.h"
#include "domain/fhir_carriers.h"
#include "domain/fhir_coding.h"
#include "domain/fhir_facts.h"
#include "domain/fhir_finding.h"
#include "domain/fhir_node.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

namespace {

// A contained specimen without a time, or one that is not in the import, leaves the question to the effective time.
Read<std::optional<Moment>> specimen_moment(const Node& resource, const Node& specimen, const FactContext& context) {
  TRY(reference, specimen.member("reference").text());
  if (!reference) return std::optional<Moment>{};
  Collection collection;
  if (reference->starts_with('#')) {
    const auto contained = resource.member("contained");
    for (std::size_t i = 0; i < contained.size(); ++i) {
      const auto part = contained.item(i);
      TRY(type, part.member("resourceType").text());
      TRY(id, part.member("id").text());
      if (type != "Specimen" || id != reference->substr(1)) continue;
      TRY(read, read_specimen(part, context.now));
      collection = read;
    }
  } else {
    collection = context.carriers.find_specimen(context.row, *reference);
  }
  if (collection.state == Collection::State::rejected) return specimen.refused(Reason::specimen_rejected);
  if (collection.state != Collection::State::timed) return std::optional<Moment>{};
  return std::optional{collection.at};
}

Read<TestResult> read_result(const Node& resource, const CodeMap& codes) {
  const auto look_up = [&](std::string_view system, std::string_view code) { return codes.result(system, code); };
  const auto value = resource.member("valueCodeableConcept");
  if (value.exists()) {
    TRY(result, one_meaning<TestResult>(value, look_up));
    if (!result) return value.refused(Reason::unknown_result_code);
    return *result;
  }
  for (const auto* other : {"valueQuantity", "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
                            "valueSampledData", "valueTime", "valueDateTime", "valuePeriod"}) {
    if (resource.member(other).exists()) return resource.member(other).refused(Reason::unsupported_result_type);
  }
  const auto interpretations = resource.member("interpretation");
  TRY(said, one_meaning_of_all<TestResult>(interpretations, look_up));
  if (!said) return value.refused(Reason::missing_result);
  return *said;
}

}  // namespace

Read<void> check_result_status(const Node& resource) {
  const auto status = resource.member("status");
  TRY(text, status.text());
  if (!text) return status.refused(Reason::missing_status);
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, *text) != words.end();
  };
  if (is_one_of({"final", "amended", "corrected", "appended"})) return ok();
  if (is_one_of({"entered-in-error", "cancelled"})) return status.refused(Reason::entered_in_error);
  if (is_one_of({"registered", "preliminary", "partial"})) return status.refused(Reason::not_final);
  return status.refused(Reason::unknown_status);
}

Read<Moment> result_moment(const Node& resource, const FactContext& context) {
  const auto specimen = resource.member("specimen");
  // One of an Observation, a list of a DiagnosticReport: the first that says when.
  if (specimen.value() != nullptr && specimen.value()->is_array()) {
    for (std::size_t i = 0; i < specimen.size(); ++i) {
      TRY(at, specimen_moment(resource, specimen.item(i), context));
      if (at) return *at;
    }
  } else {
    TRY(at, specimen_moment(resource, specimen, context));
    if (at) return *at;
  }
  return first_moment(resource, effective, context.now);
}

Read<std::optional<TestSaid>> read_test(const Node& observation, const CodeMap& codes) {
  TRY(kind, one_meaning<TestKind>(observation.member("code"), [&](std::string_view system, std::string_view each) {
        return codes.test(system, each);
      }));
  if (!kind) return std::optional<TestSaid>{};
  TRY(result, read_result(observation, codes));
  return std::optional{TestSaid{.kind = *kind, .result = result}};
}

}  // namespace lindung::domain::fhir
