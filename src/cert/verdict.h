// What a verification answers: the steps that were reached, in their order, and the reason of the one that failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"

namespace lindung::cert {

enum class Format : std::uint8_t { unknown, hc1, shc, nzcp, vds_nc, venue_code, light_pass };
enum class Outcome : std::uint8_t { valid, invalid, unsupported };

[[nodiscard]] std::string_view name_of(Format format) noexcept;    // "vds-nc"
[[nodiscard]] std::string_view name_of(Outcome outcome) noexcept;  // "valid"

struct StepResult {
  Step step;
  bool passed;
  friend bool operator==(const StepResult&, const StepResult&) = default;
};

// Privacy: of the person, initials only; of a light pass, what a door compares with an identity card.
struct Verdict {
  Format format{Format::unknown};
  Outcome outcome{Outcome::invalid};
  std::optional<Reason> reason;
  std::string detail;  // which field or position, for whoever made the certificate
  std::vector<StepResult> steps;
  std::string issuer;  // as it was found, trusted or not: a country, an address
  std::string subject_initials;
  std::string content;  // "vaccination", "test", "recovery"
  std::optional<Moment> expires;
  std::string holder;          // of a light pass, in the letters of travel documents
  std::uint32_t birth_year{};  // of a light pass; 0: it does not say

  void passed(Step step) { steps.push_back({.step = step, .passed = true}); }
  void refused(const Refusal& refusal) {
    steps.push_back({.step = refusal.step, .passed = false});
    reason = refusal.reason;
    detail = refusal.detail;
    const bool cannot = refusal.reason == Reason::unsupported_format || refusal.reason == Reason::unsupported_content ||
                        refusal.reason == Reason::needs_server;
    outcome = cannot ? Outcome::unsupported : Outcome::invalid;
  }
  // The end of a verification: valid, or the step that failed.
  void conclude(const Checked<void>& done) {
    if (done) {
      outcome = Outcome::valid;
    } else {
      refused(done.error());
    }
  }
  [[nodiscard]] std::optional<bool> step(Step which) const noexcept {
    for (const auto& each : steps) {
      if (each.step == which) return each.passed;
    }
    return std::nullopt;
  }
};

}  // namespace lindung::cert
