// What decides in a compiled expression, found by walking the program and the JSON that it was made from side by side.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "domain/certlogic.h"
#include "domain/certlogic_program.h"

namespace lindung::domain::certlogic {

namespace {

bool is_comparison(Op op) {
  return op == Op::equal || op == Op::in || op == Op::compare_integers || op == Op::compare_dates;
}

class Walk {
 public:
  explicit Walk(const Program& program) : program_{program} {}

  // `decides`: whether something asks if it is truthy.
  void visit(std::size_t at, const json::value& logic, const std::string& pointer, bool decides) {
    const Node& node = program_.nodes[at];
    if (node.op == Op::literal) return;
    const bool stands_for_operands = node.op == Op::all || node.op == Op::choose || node.op == Op::negate;
    if (is_comparison(node.op) || (decides && !stands_for_operands)) found.push_back({.pointer = pointer, .node = at});
    if (node.op == Op::var) return;
    const json::array* operands = logic.if_array();
    std::string inside = pointer;
    if (operands == nullptr) {
      const auto& operation = *logic.get_object().begin();
      operands = operation.value().if_array();
      inside += "/" + std::string{operation.key()};
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(node.count, operands->size()); ++i) {
      const bool is_asked =
          node.op == Op::all || node.op == Op::negate || (node.op == Op::choose && (i == 0 || decides));
      visit(node.first + i, (*operands)[i], inside + "/" + std::to_string(i), is_asked);
    }
  }

  std::vector<Condition> found;

 private:
  const Program& program_;
};

}  // namespace

std::vector<Condition> conditions(const Expression& expression, const json::value& logic) {
  Walk walk{expression.program()};
  walk.visit(0, logic, "", true);
  return walk.found;
}

}  // namespace lindung::domain::certlogic
