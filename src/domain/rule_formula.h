// The conditions of a rule set as propositional formulas, and whether one can be true at all: private to dead_rules().
// What is not understood stands as an atom that may be either; so "never" is certain and "maybe" is not.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::domain {

// One place in a formula. Formulas share parts: a definition stands once, however often it is read.
struct FormulaNode {
  enum class Kind : std::uint8_t { constant, atom, both, negation, choice };
  Kind kind{Kind::constant};
  bool value{};               // of a constant
  std::size_t a{}, b{}, c{};  // an atom's number; or operands: both a and b, not a, if a then b else c
};

// Something about one subject, an expression or the distance of two.
struct Atom {
  enum class Kind : std::uint8_t {
    truth,   // the subject is truthy
    below,   // the subject is a number less than `bound`
    equals,  // the subject is the literal
  };
  Kind kind{Kind::truth};
  std::string subject;
  std::int64_t bound{};                // of `below`
  std::string literal;                 // of `equals`, as JSON
  bool is_truthy{};                    // of the literal
  std::optional<std::int64_t> number;  // of the literal
  friend bool operator==(const Atom&, const Atom&) = default;
};

class Formulas {
 public:
  using Place = std::size_t;

  explicit Formulas(const boost::json::value& document);

  // The truth of logic as a formula. Definitions are read in order: those before it are known by their names.
  [[nodiscard]] Place of(const boost::json::value& logic);
  void define(std::string_view id, Place place);

  [[nodiscard]] Place constant(bool value);
  [[nodiscard]] Place both(Place a, Place b);
  [[nodiscard]] Place negation(Place a);

  // False only if no records make it true. Gives up, with true, when it takes too long.
  [[nodiscard]] bool may_be_true(Place place);

 private:
  class Search;
  [[nodiscard]] Place add(FormulaNode node);
  [[nodiscard]] Place atom(Atom atom);
  [[nodiscard]] Place choice(Place a, Place b, Place c);
  [[nodiscard]] Place below(const std::string& subject, std::int64_t bound);
  [[nodiscard]] Place equal(const boost::json::value& left, const boost::json::value& right);
  [[nodiscard]] Place member(const boost::json::value& item, const boost::json::value& set);
  [[nodiscard]] Place compared(std::string_view op, const boost::json::value& left, const boost::json::value& right);
  [[nodiscard]] Place truth(const boost::json::value& logic);
  [[nodiscard]] std::optional<Place> definition(const boost::json::value& logic) const;

  const boost::json::value& value_sets_;
  std::vector<FormulaNode> nodes_;
  std::vector<Atom> atoms_;
  std::map<std::string, Place, std::less<>> definitions_;  // by "derived.<id>"
};

}  // namespace lindung::domain
