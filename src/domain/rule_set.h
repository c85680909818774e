// A rule set: one versioned document that says what colour a citizen has and which doors that colour opens, as
// CertLogic over the citizen's records, with its own test cases. data/rules/README.md describes the document.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/certlogic.h"
#include "domain/colour.h"

namespace lindung::domain {

namespace json = boost::json;

// For the citizen.
struct Text {
  std::string id;  // Indonesian
  std::string en;
};

// A named condition over the records and the clock, evaluated before the rules, which read it as "derived.<id>".
struct Definition {
  std::string id;
  Text text;
  certlogic::Expression logic;
};

struct ColourRule {
  std::string id;
  Colour colour{};
  Text reason;
  std::vector<std::string> facts;  // the kinds of records that it rests on ("tests")
  certlogic::Expression logic;
};

// Whether a colour opens a door; reads "derived.colour".
struct Policy {
  std::uint16_t doors{};  // bits of its categories, as Step::doors
  Text text;
  certlogic::Expression logic;
};

struct RuleCase {
  std::string name;
  Moment at;
  json::value payload;
  Colour colour{};
  std::string rule;
  std::uint16_t doors{};
};

// Invariants: 1. 1 to 250 colour rules with different ids, the last of which always applies, so that everybody has a
// colour; 2. each category has exactly one policy; 3. the logic reads only what there is: the five kinds of records,
// the clock, the document's own value sets and definitions before it.
class RuleSet {
 public:
  // Errors: malformed (the detail names the place) for a document that breaks the form or an invariant; unsupported for
  // another engine or a newer version of the language; too_large for logic over the limits.
  [[nodiscard]] static Result<RuleSet> parse(std::string_view document);
  // The sets that are part of the program: "id-2021". Errors: not_found for another id.
  [[nodiscard]] static Result<RuleSet> built_in(std::string_view id = "id-2021");

  // "id-2021@1.0.0", as timelines name it.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const std::string& version() const noexcept { return version_; }
  [[nodiscard]] const Hash& digest() const noexcept { return digest_; }  // SHA-256 of the document
  [[nodiscard]] Moment valid_from() const noexcept { return valid_from_; }
  [[nodiscard]] Moment valid_to() const noexcept { return valid_to_; }  // exclusive
  [[nodiscard]] const json::value& value_sets() const noexcept { return value_sets_; }
  [[nodiscard]] const std::vector<Definition>& definitions() const noexcept { return definitions_; }
  [[nodiscard]] const std::vector<ColourRule>& colours() const noexcept { return colours_; }  // Step::rule counts these
  [[nodiscard]] const std::vector<Policy>& policies() const noexcept { return policies_; }
  [[nodiscard]] const std::vector<RuleCase>& cases() const noexcept { return cases_; }

 private:
  friend class RuleSetReader;
  RuleSet() = default;

  std::string id_;
  std::string version_;
  std::string name_;
  Hash digest_{};
  Moment valid_from_;
  Moment valid_to_;
  json::value value_sets_;
  std::vector<Definition> definitions_;
  std::vector<ColourRule> colours_;
  std::vector<Policy> policies_;
  std::vector<RuleCase> cases_;
};

// Runs the document's own cases. Returns one line for each that fails: empty is good.
[[nodiscard]] std::vector<std::string> failing_cases(const RuleSet& rules);

}  // namespace lindung::domain
