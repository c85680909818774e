// When two stays at one place are a contact: overlap within the time in which a case was infectious. What counts as
// long enough, and how far the infectious time reaches, is data (data/rules/contact-policy-1.json).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/record.h"

namespace lindung::domain {

// Half-open: a stay that ends when another one begins does not touch it.
struct Span {
  Moment from;
  Moment until;
  [[nodiscard]] bool is_empty() const noexcept { return until <= from; }
  friend bool operator==(const Span&, const Span&) = default;
};

struct ContactPolicy {
  std::string name;  // "contact-policy@1"
  std::chrono::days before{};
  std::chrono::days after{};
  std::chrono::minutes minimum_overlap{};
};

// Errors: malformed unless the document has exactly the members that we know; invalid_argument for more than 30 days,
// or an overlap of no minute or of more than a day.
[[nodiscard]] Result<ContactPolicy> parse_contact_policy(std::string_view document);
[[nodiscard]] const ContactPolicy& built_in_contact_policy();

// The time in which a case is infectious. Units: `at` is the moment of the specimen, or of the first symptoms.
[[nodiscard]] Span infectious_time(const ContactPolicy& policy, Moment at) noexcept;

// What both have in common; empty if nothing.
[[nodiscard]] Span overlap(const Span& a, const Span& b) noexcept;

// The last moment of the contact between a case and somebody else at the same place; none if they were together within
// `infectious` for less than the policy's minimum.
[[nodiscard]] std::optional<Moment> contact_between(const ContactPolicy& policy, const Span& infectious,
                                                    const Span& stay_of_case, const Span& stay_of_other) noexcept;

// A fact that confirms a case: a positive NAAT.
[[nodiscard]] bool confirms_case(const Fact& fact) noexcept;

}  // namespace lindung::domain
