#include "domain/fhir_finding.h"

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_date.h"
#include "domain/fhir_node.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

namespace {

Read<Moment> moment_at(const Node& node, Moment now) {
  TRY(text, node.text());
  if (!text) return node.refused(Reason::missing_date);
  const auto at = fact_moment(*text, now);
  if (at.has_error()) return node.refused(at.error());
  return at.value();
}

Read<std::optional<Moment>> end_at(const Node& node) {
  TRY(text, node.text());
  if (!text) return std::optional<Moment>{};
  const auto at = end_moment(*text);
  if (at.has_error()) return node.refused(at.error());
  return std::optional{at.value()};
}

}  // namespace

Read<Moment> first_moment(const Node& resource, const DateMembers& members, Moment now) {
  const auto date = resource.member(members.date);
  const auto start = resource.member(members.period).member("start");
  if (date.exists() || start.exists()) return moment_at(date.exists() ? date : start, now);
  if (!members.instant.empty() && resource.member(members.instant).exists()) {
    return moment_at(resource.member(members.instant), now);
  }
  for (const auto name : members.vague) {
    if (!name.empty() && resource.member(name).exists()) return resource.member(name).refused(Reason::imprecise_date);
  }
  return date.refused(Reason::missing_date);
}

Read<Moment> last_moment(const Node& resource, const DateMembers& members, Moment now) {
  const auto date = resource.member(members.date);
  const auto end = resource.member(members.period).member("end");
  if (!date.exists() && end.exists()) return moment_at(end, now);
  return first_moment(resource, members, now);
}

Read<Fact> read_exemption(const Node& resource, const DateMembers& from, const Node& until) {
  constexpr auto any_time = Moment::max() - std::chrono::days{2};
  TRY(at, first_moment(resource, from, any_time));
  TRY(end, end_at(until));
  if (!end) {
    TRY(end_of_period, end_at(resource.member(from.period).member("end")));
    end = end_of_period;
  }
  if (end && *end <= at) return resource.refused(Reason::end_before_start);
  return Fact{Exemption{.at = at, .until = end}};
}

}  // namespace lindung::domain::fhir
