// Whether a formula can be true: every atom is tried both ways, but for those whose value follows from the others.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/rule_formula.h"

namespace lindung::domain {

namespace {

constexpr std::size_t most_steps = 3'000'000;
constexpr std::size_t most_atoms = 200;

}  // namespace

class Formulas::Search {
 public:
  Search(const std::vector<FormulaNode>& nodes, const std::vector<Atom>& atoms)
      : nodes_{nodes}, atoms_{atoms}, given_(atoms.size()), known_(nodes.size()) {}

  bool may_be_true(Place place) {
    if (atoms_.size() > most_atoms) return true;
    known_.assign(known_.size(), Known{});
    undecided_.reset();
    const auto value = evaluate(place);
    if (value || steps_ > most_steps) return value.value_or(true);
    const auto atom = *undecided_;
    for (const bool guess : {true, false}) {
      given_[atom] = guess;
      const bool is_possible = may_be_true(place);
      given_[atom].reset();
      if (is_possible) return true;
    }
    return false;
  }

 private:
  struct Known {
    bool is_evaluated{};
    std::optional<bool> value;
  };

  // None: not decided yet; then undecided_ is an atom that it depends on.
  std::optional<bool> evaluate(Place place) {
    auto& known = known_[place];
    if (known.is_evaluated || ++steps_ > most_steps) return known.value;
    const auto value = evaluate_node(nodes_[place]);
    known = {.is_evaluated = true, .value = value};
    return value;
  }

  std::optional<bool> evaluate_node(const FormulaNode& node) {
    switch (node.kind) {
      case FormulaNode::Kind::constant: return node.value;
      case FormulaNode::Kind::atom: {
        const auto value = implied(node.a);
        if (!value) undecided_ = node.a;
        return value;
      }
      case FormulaNode::Kind::negation: {
        const auto value = evaluate(node.a);
        if (!value) return std::nullopt;
        return !*value;
      }
      case FormulaNode::Kind::both: {
        const auto a = evaluate(node.a);
        if (a == false) return false;
        const auto b = evaluate(node.b);
        if (b == false) return false;
        return a && b ? std::optional{true} : std::nullopt;
      }
      case FormulaNode::Kind::choice: break;
    }
    const auto guard = evaluate(node.a);
    if (guard) return evaluate(*guard ? node.b : node.c);
    const auto yes = evaluate(node.b);
    const auto no = evaluate(node.c);
    return yes && yes == no ? yes : std::nullopt;
  }

  // What an atom must be, given the others about the same subject.
  [[nodiscard]] std::optional<bool> implied(std::size_t atom) const {
    if (given_[atom]) return given_[atom];
    for (std::size_t i = 0; i < atoms_.size(); ++i) {
      if (!given_[i] || atoms_[i].subject != atoms_[atom].subject) continue;
      const auto value = implied_by(atoms_[i], *given_[i], atoms_[atom]);
      if (value) return value;
    }
    return std::nullopt;
  }

  static std::optional<bool> implied_by(const Atom& known, bool holds, const Atom& atom) {
    using Kind = Atom::Kind;
    if (known.kind == Kind::below && atom.kind == Kind::below) {
      if (holds && atom.bound >= known.bound) return true;
      if (!holds && atom.bound <= known.bound) return false;
    }
    if (known.kind == Kind::equals && holds) {
      if (atom.kind == Kind::equals) return false;  // another literal
      if (atom.kind == Kind::truth) return known.is_truthy;
      if (known.number) return *known.number < atom.bound;
    }
    if (known.kind == Kind::truth && atom.kind == Kind::equals && atom.is_truthy != holds) return false;
    if (known.kind == Kind::below && atom.kind == Kind::equals && atom.number) {
      if ((*atom.number < known.bound) != holds) return false;
    }
    return std::nullopt;
  }

  const std::vector<FormulaNode>& nodes_;
  const std::vector<Atom>& atoms_;
  std::vector<std::optional<bool>> given_;
  std::vector<Known> known_;
  std::optional<std::size_t> undecided_;
  std::size_t steps_{};
};

bool Formulas::may_be_true(Place place) { return Search{nodes_, atoms_}.may_be_true(place); }

}  // namespace lindung::domain
