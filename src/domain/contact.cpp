#include "domain/contact.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/record.h"
#include "embedded/rules_contact_policy_1_json.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 6> members{"id",          "version",    "source",
                                                  "days_before", "days_after", "minimum_overlap_minutes"};
constexpr std::int64_t days_max = 30;
constexpr std::int64_t minutes_max = 24 * 60;

Result<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr || !member->is_string()) return fail(Errc::malformed, std::string{name} + ": a text is needed");
  return std::string{std::string_view{member->get_string()}};
}

Result<std::int64_t> number_of(const json::object& object, std::string_view name, std::int64_t least,
                               std::int64_t most) {
  const auto* member = object.if_contains(name);
  if (member == nullptr || !member->is_int64())
    return fail(Errc::malformed, std::string{name} + ": a number is needed");
  const auto value = member->get_int64();
  if (value < least || value > most) return fail(Errc::invalid_argument, std::string{name} + " is out of its range");
  return value;
}

}  // namespace

Result<ContactPolicy> parse_contact_policy(std::string_view document) {
  TRY(value, codec::parse_json(document));
  if (!value.is_object()) return fail(Errc::malformed, "a contact policy is an object");
  const auto& object = value.get_object();
  for (const auto& member : object) {
    if (std::ranges::find(members, std::string_view{member.key()}) == members.end()) {
      return fail(Errc::malformed, "a contact policy has no member of this name");
    }
  }
  TRY(id, text_of(object, "id"));
  TRY(version, text_of(object, "version"));
  TRY(source, text_of(object, "source"));
  static_cast<void>(source);  // for readers; that it is there is what counts
  TRY(before, number_of(object, "days_before", 0, days_max));
  TRY(after, number_of(object, "days_after", 0, days_max));
  TRY(minutes, number_of(object, "minimum_overlap_minutes", 1, minutes_max));
  return ContactPolicy{.name = id + "@" + version,
                       .before = std::chrono::days{before},
                       .after = std::chrono::days{after},
                       .minimum_overlap = std::chrono::minutes{minutes}};
}

const ContactPolicy& built_in_contact_policy() {
  static const ContactPolicy policy = [] {
    auto parsed = parse_contact_policy(embedded::rules_contact_policy_1_json);
    // The file is part of the program: a broken one is a broken build, which the first test shows.
    if (parsed.has_error()) std::abort();
    return std::move(parsed).value();
  }();
  return policy;
}

Span infectious_time(const ContactPolicy& policy, Moment at) noexcept {
  return {.from = std::max(Moment{}, at - policy.before), .until = at + policy.after};
}

Span overlap(const Span& a, const Span& b) noexcept {
  return {.from = std::max(a.from, b.from), .until = std::min(a.until, b.until)};
}

std::optional<Moment> contact_between(const ContactPolicy& policy, const Span& infectious, const Span& stay_of_case,
                                      const Span& stay_of_other) noexcept {
  const auto together = overlap(overlap(stay_of_case, infectious), stay_of_other);
  if (together.is_empty() || together.until - together.from < policy.minimum_overlap) return std::nullopt;
  return together.until;
}

bool confirms_case(const Fact& fact) noexcept {
  const auto* test = std::get_if<Test>(&fact);
  return test != nullptr && test->kind == TestKind::naat && test->result == TestResult::positive;
}

}  // namespace lindung::domain
