// CertLogic, the language of colour rules and venue policies: our own evaluator of the whole language. Logic is
// compiled once from JSON and then evaluated many times over data that is read in place, not copied. Source: CertLogic
// specification 1.3.3 (ehn-dcc-development/eu-dcc-business-rules).
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/certlogic_time.h"

namespace lindung::domain::certlogic {

namespace json = boost::json;

inline constexpr std::string_view language_version = "1.3.3";

struct Limits {
  std::size_t depth{64};      // expressions inside expressions
  std::size_t nodes{20'000};  // expressions in all
};

struct Issue {
  json::value expr;  // the smallest expression that is wrong
  std::string message;
};

// Everything that is wrong with the form of an expression, with the words of the specification's own validator; empty
// for valid logic. What is nested deeper than Limits{}.depth is one issue (with a null `expr`) and is not looked into.
[[nodiscard]] std::vector<Issue> validate(const json::value& logic);

// The same without what only makes logic untidy: surplus operands, which no evaluator looks at. Rules in use have them.
[[nodiscard]] std::vector<Issue> validate_for_evaluation(const json::value& logic);

// The paths that an expression reads in the data that it is given ("payload.dob"), sorted, each once.
// Not here: what a reduction reads of "current" and "accumulator".
[[nodiscard]] std::vector<std::string> data_accesses(const json::value& logic);

struct Program;  // certlogic_program.h

// Valid logic, ready to be evaluated. Copies share one immutable program: safe between threads.
class Expression {
 public:
  // Errors: malformed for logic that cannot be evaluated (the detail is the first issue's message); too_large over the
  // limits.
  [[nodiscard]] static Result<Expression> compile(const json::value& logic, Limits limits = {});
  [[nodiscard]] const Program& program() const noexcept { return *program_; }

 private:
  explicit Expression(std::shared_ptr<const Program> program) : program_{std::move(program)} {}
  std::shared_ptr<const Program> program_;
};

// Watches one text of the data, the clock, through an evaluation: which comparisons of date-times it took part in, and
// when the first of them can come out otherwise. Until `next` the same evaluation has the same result.
struct Trace {
  static constexpr Milliseconds never = std::numeric_limits<Milliseconds>::max();

  const json::value* clock{};  // the very string in the data that is given to the evaluation
  Milliseconds now{};          // what that string says
  Milliseconds next{never};    // the earliest possible change after `now`; may be early, never late
  bool opaque{};               // the clock was used in another way than in a comparison: `next` means nothing
};

// How often each expression of a program came out truthy and falsy, by its place in the program. Counts over many
// evaluations of one program.
struct Visits {
  struct Outcomes {
    std::uint64_t truthy{};
    std::uint64_t falsy{};
  };
  std::vector<Outcomes> nodes;
};

// An expression that decides something: the guard of an "if", an operand of "and" or "!", what the logic as a whole
// comes to, and every comparison wherever it stands. Literals decide nothing; "and", "if" and "!" are what their
// operands are.
struct Condition {
  std::string pointer;  // JSON pointer from the logic on
  std::size_t node{};   // its place among Visits::nodes
};
// `logic` is what the expression was compiled from.
[[nodiscard]] std::vector<Condition> conditions(const Expression& expression, const json::value& logic);

// Errors (both): invalid_argument for operands of a wrong type and for dates that do not exist (the detail names the
// operation, never a value); too_large for an evaluation of more than a million steps or a result of hostile depth.
[[nodiscard]] Result<json::value> evaluate(const Expression& expression, const json::value& data);

// Whether the result is truthy. A date-time is neither truthy nor falsy, hence an error.
[[nodiscard]] Result<bool> holds(const Expression& expression, const json::value& data, Trace* trace = nullptr,
                                 Visits* visits = nullptr);

}  // namespace lindung::domain::certlogic
