// Rules of acceptance and invalidation as the EU's countries publish them (CertLogic over the certificate and the
// clock): may somebody with this certificate enter that country now? Source: EU DCC Validation Rules 1.2.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cert/dcc_content.h"
#include "cert/refusal.h"
#include "domain/certlogic.h"

namespace lindung::cert {

// One certificate at one door. Shape: `dcc` is the map of sub-claim 1 (cbor_json.h).
struct AcceptanceCase {
  const boost::json::value& dcc;
  EntryKind kind{};
  std::string issuer;   // country, two letters
  std::string arrival;  // country, two letters
  Moment at;
  Moment issued;
  Moment expires;
};

struct RuleFinding {
  enum class Outcome : std::uint8_t { passed, failed, open };  // open: the rule cannot be evaluated over it
  std::string rule;
  Outcome outcome{};
  std::string words;  // in English, and behind a stroke in Indonesian where the rule has that
};

class AcceptanceRules {
 public:
  // A rule, a list of rules, a value set ({"valueSetId", "valueSetValues"}), or an object of value sets by their names;
  // a later version of a rule stands beside the earlier one.
  // Errors: malformed for anything else, and for logic that cannot be evaluated.
  [[nodiscard]] Result<void> add(const boost::json::value& document);

  // What every rule says that applies: acceptance rules of the country of arrival, invalidation rules of the issuer's,
  // for that kind of certificate, in force at the moment, of each the latest version. In the order of their names.
  [[nodiscard]] std::vector<RuleFinding> judge(const AcceptanceCase& one) const;
  [[nodiscard]] std::size_t size() const noexcept { return rules_.size(); }

 private:
  struct Rule {
    std::string id;
    std::string country;
    std::vector<std::uint32_t> version;
    bool invalidation{};
    std::string certificate;  // "Vaccination", …, "General"
    Moment from;
    Moment to;
    std::string words;
    domain::certlogic::Expression logic;
  };
  [[nodiscard]] Result<void> add_rule(const boost::json::object& rule);
  [[nodiscard]] static bool applies(const Rule& rule, const AcceptanceCase& one);

  std::vector<Rule> rules_;  // by id, then version
  boost::json::object value_sets_;
};

// Where somebody wants to enter.
struct Travel {
  AcceptanceRules rules;
  std::string arrival;  // country, two letters
};

// Indonesia's own rules of entry (data/travel), as far as they speak of EU certificates.
[[nodiscard]] const Travel& own_travel();

// Errors (step rules): rule, with the first one that is not met or cannot be evaluated, in words.
[[nodiscard]] Checked<void> check_acceptance(const AcceptanceRules& rules, const AcceptanceCase& one);

}  // namespace lindung::cert
