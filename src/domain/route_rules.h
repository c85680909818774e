// Whether somebody may make a journey: route rules, one versioned document of CertLogic over the journey, the traveller
// and their verified certificates, with its own test cases. Domestic rules go by mode and category of traveller,
// international ones by origin and day of arrival. The file may be signed as a rule set is (rule_document.h).
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/certlogic.h"
#include "domain/journey.h"
#include "domain/rule_set.h"

namespace lindung::domain {

// In the order of their weight; the numbers stand in stored rows and in codes.
enum class Fitness : std::uint8_t { fit = 1, fit_with_test = 2, not_fit = 3 };
[[nodiscard]] std::string_view name_of(Fitness fitness) noexcept;  // "fit_with_test"
[[nodiscard]] Result<Fitness> parse_fitness(std::string_view text);

struct FitnessReason {
  std::string rule;  // id of the rule; "fit" when none of them speaks
  Fitness answer{};
  Text text;
};

// The heaviest answer of all rules that hold, and every rule that holds, in the order of the document.
struct FitnessAnswer {
  Fitness fitness{Fitness::fit};
  std::vector<FitnessReason> reasons;
};

// All that a rule sees of one traveller. Privacy: health facts.
struct RouteQuestion {
  JourneyScope scope{};
  TravelMode mode{};
  std::string origin;  // port codes of data/travel/ports.json
  std::string destination;
  Moment departure;
  Moment arrival;
  std::string category;  // domain::category_of()
  unsigned age{};
  bool is_citizen{};
  std::vector<std::string> symptoms;
  json::object facts;  // as record.h's to_json() gives them; missing kinds count as empty
};

// Invariants: the rules' ids differ; the logic reads only what there is (as of a rule set).
class RouteRules {
 public:
  // Errors: malformed (the detail names the place), unsupported, too_large: as RuleSet::parse().
  [[nodiscard]] static Result<RouteRules> parse(std::string_view document);
  // The draft that is part of the program (data/travel/routes-ID-2021.json).
  [[nodiscard]] static Result<RouteRules> built_in();
  [[nodiscard]] static std::string_view built_in_text() noexcept;

  // A rule that cannot be evaluated counts as one that holds: nobody travels because a rule is broken.
  // Errors: invalid_argument for an unknown port; unavailable outside of the time for which the rules are made.
  [[nodiscard]] Result<FitnessAnswer> judge(const RouteQuestion& question) const;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const std::string& version() const noexcept { return version_; }
  [[nodiscard]] std::string name() const { return id_ + "@" + version_; }
  [[nodiscard]] bool is_draft() const noexcept { return is_draft_; }
  [[nodiscard]] const Hash& digest() const noexcept { return digest_; }

  struct Case {
    std::string name;
    RouteQuestion question;
    Fitness fitness{};
    std::vector<std::string> rules;
  };
  [[nodiscard]] const std::vector<Case>& cases() const noexcept { return cases_; }

 private:
  friend class RouteRulesReader;
  struct Rule {
    explicit Rule(certlogic::Expression compiled) : logic{std::move(compiled)} {}
    std::string id;
    JourneyScope scope{};
    std::vector<TravelMode> modes;        // domestic
    std::vector<std::string> categories;  // domestic
    std::vector<std::string> origins;     // international: states, or "*"
    Day from;                             // international: days of arrival, both inclusive
    Day to;
    Fitness answer{};
    Text reason;
    certlogic::Expression logic;
  };
  RouteRules() = default;
  [[nodiscard]] static bool applies(const Rule& rule, const RouteQuestion& question, std::string_view origin_state);

  std::string id_;
  std::string version_;
  bool is_draft_{};
  Hash digest_{};
  Moment valid_from_;
  Moment valid_to_;
  json::value value_sets_;
  std::vector<Definition> definitions_;
  Text fit_;
  std::vector<Rule> rules_;
  std::vector<Case> cases_;
};

// Runs the document's own cases. Returns one line for each that fails: empty is good.
[[nodiscard]] std::vector<std::string> failing_cases(const RouteRules& rules);

}  // namespace lindung::domain
