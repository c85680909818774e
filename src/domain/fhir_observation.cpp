#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/code_map.h"
#include "domain/fhir_coding.h"
#include "domain/fhir_facts.h"
#include "domain/fhir_finding.h"
#include "domain/fhir_node.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

namespace {

constexpr DateMembers effective{.date = "effectiveDateTime", .period = "effectivePeriod"};
// SNOMED CT qualifiers of a question that is answered with yes or no.
constexpr std::string_view yes_code = "373066001";
constexpr std::string_view no_code = "373067005";

Read<void> check_status(const Node& resource) {
  const auto status = resource.member("status");
  TRY(text, status.text());
  if (!text) return status.refused(Reason::missing_status);
  if (text == "final" || text == "amended" || text == "corrected") return ok();
  if (text == "entered-in-error" || text == "cancelled") return status.refused(Reason::entered_in_error);
  if (text == "registered" || text == "preliminary") return status.refused(Reason::not_final);
  return status.refused(Reason::unknown_status);
}

// When a contained specimen says when it was taken, that is the moment; else what the Observation says.
Read<Moment> specimen_moment(const Node& resource, Moment now) {
  TRY(reference, resource.member("specimen").member("reference").text());
  const auto contained = resource.member("contained");
  for (std::size_t i = 0; reference && reference->starts_with('#') && i < contained.size(); ++i) {
    const auto part = contained.item(i);
    TRY(type, part.member("resourceType").text());
    TRY(id, part.member("id").text());
    if (type != "Specimen" || id != reference->substr(1)) continue;
    const auto collection = part.member("collection");
    if (!collection.exists()) break;
    return first_moment(collection, {.date = "collectedDateTime", .period = "collectedPeriod"}, now);
  }
  const auto instant = resource.member("effectiveInstant");
  if (instant.exists()) return first_moment(resource, {.date = "effectiveInstant", .period = effective.period}, now);
  return first_moment(resource, effective, now);
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
  TRYV(interpretations.check_list());
  std::optional<TestResult> said;
  for (std::size_t i = 0; i < interpretations.size(); ++i) {
    TRY(each, one_meaning<TestResult>(interpretations.item(i), look_up));
    if (each && said && *each != *said) return interpretations.refused(Reason::conflicting_codes);
    if (each) said = each;
  }
  if (!said) return value.refused(Reason::missing_result);
  return *said;
}

// An Observation of exposure without a value, or with a yes, is a contact.
Read<Fact> read_contact(const Node& resource, Moment now) {
  const auto flag = resource.member("valueBoolean");
  TRY(is_so, flag.boolean());
  if (is_so == false) return flag.refused(Reason::no_contact);
  const auto answer = resource.member("valueCodeableConcept");
  if (answer.exists()) {
    TRY(no, has_code(answer, no_code));
    if (no) return answer.refused(Reason::no_contact);
    TRY(yes, has_code(answer, yes_code));
    if (!yes) return answer.refused(Reason::unknown_result_code);
  }
  TRY(at, last_moment(resource, effective, now));
  return Fact{Contact{.at = at}};
}

}  // namespace

Read<Fact> read_observation(const Node& resource, const FactContext& context) {
  TRYV(check_status(resource));
  const auto code = resource.member("code");
  if (!code.exists()) return code.refused(Reason::missing_code);
  TRY(test, one_meaning<TestKind>(code, [&](std::string_view system, std::string_view each) {
        return context.codes.test(system, each);
      }));
  if (test) {
    TRY(result, read_result(resource, context.codes));
    TRY(at, specimen_moment(resource, context.now));
    return Fact{Test{.at = at, .kind = *test, .result = result}};
  }
  TRY(finding, one_meaning<Finding>(code, [&](std::string_view system, std::string_view each) {
        return context.codes.finding(system, each);
      }));
  if (finding == Finding::contact) return read_contact(resource, context.now);
  if (finding == Finding::exemption) return read_exemption(resource, effective, Node{nullptr});
  return code.refused(Reason::unknown_test_code);
}

}  // namespace lindung::domain::fhir
