#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_coding.h"
#include "domain/fhir_facts.h"
#include "domain/fhir_node.h"
#include "domain/fhir_result.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

namespace {

// What the results of a report come to.
struct Results {
  bool stand_in_import{};
  bool are_missing{};
  std::optional<TestSaid> said;  // by the Observations that the report contains
  Node observation{nullptr};     // the first of those
};

Read<Node> contained_observation(const Node& resource, std::string_view id) {
  const auto contained = resource.member("contained");
  for (std::size_t i = 0; i < contained.size(); ++i) {
    const auto part = contained.item(i);
    TRY(type, part.member("resourceType").text());
    TRY(part_id, part.member("id").text());
    if (type == "Observation" && part_id == id) return part;
  }
  return Node{nullptr};
}

Read<Results> read_results(const Node& resource, const FactContext& context) {
  Results results;
  const auto list = resource.member("result");
  TRYV(list.check_list());
  for (std::size_t i = 0; i < list.size(); ++i) {
    TRY(reference, list.item(i).member("reference").text());
    if (!reference) continue;
    if (!reference->starts_with('#')) {
      (context.carriers.has_observation(context.row, *reference) ? results.stand_in_import : results.are_missing) =
          true;
      continue;
    }
    TRY(part, contained_observation(resource, reference->substr(1)));
    if (!part.exists()) {
      results.are_missing = true;
      continue;
    }
    TRYV(check_result_status(part));
    TRY(said, read_test(part, context.codes));
    if (said && results.said && *said != *results.said) return list.refused(Reason::conflicting_codes);
    if (said && !results.said) {
      results.said = said;
      results.observation = part;
    }
  }
  return results;
}

// The report's own time; a report without any has that of its Observation.
Read<Moment> moment_of_report(const Node& resource, const Results& results, const FactContext& context) {
  auto at = result_moment(resource, context);
  if (at.has_error() && at.error().reason == Reason::missing_date && results.observation.exists()) {
    return result_moment(results.observation, context);
  }
  return at;
}

}  // namespace

Read<std::optional<Fact>> read_report(const Node& resource, const FactContext& context) {
  TRYV(check_result_status(resource));
  TRY(results, read_results(resource, context));
  if (results.stand_in_import) return std::optional<Fact>{};
  const auto conclusions = resource.member("conclusionCode");
  TRY(conclusion, one_meaning_of_all<TestResult>(conclusions, [&](std::string_view system, std::string_view each) {
        return context.codes.result(system, each);
      }));
  const auto code = resource.member("code");
  TRY(kind, one_meaning<TestKind>(code, [&](std::string_view system, std::string_view each) {
        return context.codes.test(system, each);
      }));
  auto said = results.said;
  if (conclusion) {
    if (!kind && !said) return code.refused(code.exists() ? Reason::unknown_test_code : Reason::missing_code);
    said = TestSaid{.kind = kind ? *kind : said->kind, .result = *conclusion};
  }
  if (!said) {
    if (results.are_missing) return resource.member("result").refused(Reason::unresolved_result);
    if (!code.exists()) return code.refused(Reason::missing_code);
    if (!kind) return code.refused(Reason::unknown_test_code);
    return conclusions.refused(conclusions.exists() ? Reason::unknown_result_code : Reason::missing_result);
  }
  TRY(at, moment_of_report(resource, results, context));
  return std::optional{Fact{Test{.at = at, .kind = said->kind, .result = said->result}}};
}

}  // namespace lindung::domain::fhir
