#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/code_map.h"
#include "domain/fhir_coding.h"
#include "domain/fhir_facts.h"
#include "domain/fhir_finding.h"
#include "domain/fhir_node.h"
#include "domain/fhir_result.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

namespace {

// SNOMED CT qualifiers of a question that is answered with yes or no.
constexpr std::string_view yes_code = "373066001";
constexpr std::string_view no_code = "373067005";

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
  TRYV(check_result_status(resource));
  const auto code = resource.member("code");
  if (!code.exists()) return code.refused(Reason::missing_code);
  TRY(test, read_test(resource, context.codes));
  if (test) {
    TRY(at, result_moment(resource, context));
    return Fact{Test{.at = at, .kind = test->kind, .result = test->result}};
  }
  TRY(finding, one_meaning<Finding>(code, [&](std::string_view system, std::string_view each) {
        return context.codes.finding(system, each);
      }));
  if (finding == Finding::contact) return read_contact(resource, context.now);
  if (finding == Finding::exemption) return read_exemption(resource, effective, Node{nullptr});
  return code.refused(Reason::unknown_test_code);
}

}  // namespace lindung::domain::fhir
