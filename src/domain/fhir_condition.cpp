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

constexpr DateMembers onset{
    .date = "onsetDateTime", .period = "onsetPeriod", .vague = {"onsetAge", "onsetRange", "onsetString"}};
constexpr DateMembers abatement{.date = "abatementDateTime",
                                .period = "abatementPeriod",
                                .vague = {"abatementAge", "abatementRange", "abatementString"}};

Read<void> check_verified(const Node& resource) {
  const auto status = resource.member("verificationStatus");
  if (!status.exists()) return ok();
  TRY(wrong, has_code(status, "entered-in-error"));
  if (wrong) return status.refused(Reason::entered_in_error);
  TRY(confirmed, has_code(status, "confirmed"));
  if (!confirmed) return status.refused(Reason::not_confirmed);
  return ok();
}

Read<Fact> read_recovery(const Node& resource, Moment now) {
  const auto status = resource.member("clinicalStatus");
  TRY(resolved, has_code(status, "resolved"));
  TRY(inactive, has_code(status, "inactive"));
  if (!resolved && !inactive) return status.refused(Reason::not_resolved);
  TRY(at, last_moment(resource, abatement, now));
  return Fact{Recovery{.at = at, .until = {}}};
}

}  // namespace

Read<Fact> read_condition(const Node& resource, const FactContext& context) {
  TRYV(check_verified(resource));
  const auto code = resource.member("code");
  if (!code.exists()) return code.refused(Reason::missing_code);
  TRY(finding, one_meaning<Finding>(code, [&](std::string_view system, std::string_view each) {
        return context.codes.finding(system, each);
      }));
  if (!finding) return code.refused(Reason::unknown_finding_code);
  switch (*finding) {
    case Finding::disease: return read_recovery(resource, context.now);
    case Finding::exemption: return read_exemption(resource, onset, resource.member(abatement.date));
    case Finding::contact: break;
  }
  TRY(at, last_moment(resource, onset, context.now));
  return Fact{Contact{.at = at}};
}

}  // namespace lindung::domain::fhir
