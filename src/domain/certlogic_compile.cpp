// From JSON to the compact tree. Only valid logic gets here, so that the shapes below can be relied on.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "domain/certlogic.h"
#include "domain/certlogic_program.h"
#include "domain/certlogic_time.h"
#include "domain/certlogic_value.h"

namespace lindung::domain::certlogic {

namespace {

// The operations whose operands are all logic.
struct Operation {
  std::string_view name;
  Op op;
  Comparison comparison;
  std::size_t most_operands;
};

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

constexpr Operation operations[] = {
    {"===", Op::equal, {}, any_number},
    {"and", Op::all, {}, any_number},
    {"in", Op::in, {}, any_number},
    {"+", Op::add, {}, any_number},
    {"<", Op::compare_integers, Comparison::less, any_number},
    {">", Op::compare_integers, Comparison::greater, any_number},
    {"<=", Op::compare_integers, Comparison::less_or_equal, any_number},
    {">=", Op::compare_integers, Comparison::greater_or_equal, any_number},
    {"before", Op::compare_dates, Comparison::less, any_number},
    {"after", Op::compare_dates, Comparison::greater, any_number},
    {"not-after", Op::compare_dates, Comparison::less_or_equal, any_number},
    {"not-before", Op::compare_dates, Comparison::greater_or_equal, any_number},
    {"if", Op::choose, {}, 3},
    {"!", Op::negate, {}, 1},
    {"reduce", Op::reduce, {}, 3},
};

std::int64_t integer_of(const json::value& literal) {
  const Value value = Value::of(literal, nullptr);
  if (value.kind == Kind::integer) return value.integer;
  // Far out of the range of any date or index: either end of it will do.
  return value.fraction < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

class Compiler {
 public:
  Compiler(Program& program, std::size_t most_nodes) : program_{program}, most_nodes_{most_nodes} {
    program_.nodes.emplace_back();
  }

  Result<void> compile(std::size_t at, const json::value& logic) {
    if (const auto* array = logic.if_array()) return compile_array(at, *array);
    if (const auto* object = logic.if_object()) {
      const auto& [name, operands] = *object->begin();
      if (name == "var") return compile_var(at, operands.get_string());
      return compile_operation(at, name, operands.get_array());
    }
    set_literal(at, constant_of(logic));
    return ok();
  }

 private:
  static bool is_scalar(const json::value& value) { return !value.is_array() && !value.is_object(); }

  Value constant_of(const json::value& literal) {
    if (const auto* text = literal.if_string()) return Value::of(std::string_view{program_.texts.emplace_back(*text)});
    return Value::of(literal, nullptr);
  }

  void set_literal(std::size_t at, Value value) {
    program_.nodes[at] = {.op = Op::literal, .first = static_cast<std::uint32_t>(program_.constants.size())};
    program_.constants.push_back(value);
  }

  Result<void> compile_array(std::size_t at, const json::array& array) {
    if (!std::ranges::all_of(array, is_scalar)) return compile_operands(at, Op::list, array, array.size());
    // A list of literals, as of vaccine names, is made once and for all.
    auto& items = program_.lists.emplace_back();
    items.reserve(array.size() + 1);  // never null: the address is the list's identity
    for (const auto& item : array) items.push_back(constant_of(item));
    set_literal(at, Value::of_items(Kind::list, items.data(), items.size()));
    return ok();
  }

  Result<void> compile_var(std::size_t at, std::string_view path) {
    const auto first = static_cast<std::uint32_t>(program_.fragments.size());
    std::string_view rest = program_.texts.emplace_back(path);
    while (!rest.empty()) {
      const std::size_t dot = rest.find('.');
      program_.fragments.push_back(fragment_of(rest.substr(0, dot)));
      rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    }
    program_.nodes[at] = {
        .op = Op::var, .first = first, .count = static_cast<std::uint32_t>(program_.fragments.size()) - first};
    return ok();
  }

  static Fragment fragment_of(std::string_view text) {
    Fragment fragment{.text = text};
    std::int64_t index = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error == std::errc{} && end == text.data() + text.size() && index >= 0) fragment.index = index;
    if (text == "accumulator") fragment.name = Fragment::Name::accumulator;
    if (text == "current") fragment.name = Fragment::Name::current;
    return fragment;
  }

  Result<void> compile_operation(std::size_t at, std::string_view name, const json::array& operands) {
    if (name == "plusTime") return compile_plus_time(at, operands);
    if (name == "extractFromUVCI") {
      TRYV(compile_operands(at, Op::extract_from_uvci, operands, 1));
      program_.nodes[at].amount = integer_of(operands[1]);
      return ok();
    }
    if (name == "dccDateOfBirth") return compile_operands(at, Op::date_of_birth, operands, 1);
    const auto* operation = std::ranges::find_if(operations, [&](const Operation& each) { return each.name == name; });
    TRYV(compile_operands(at, operation->op, operands, std::min(operands.size(), operation->most_operands)));
    program_.nodes[at].comparison = operation->comparison;
    return ok();
  }

  Result<void> compile_plus_time(std::size_t at, const json::array& operands) {
    const std::int64_t amount = integer_of(operands[1]);
    const TimeUnit unit = *parse_time_unit(operands[2].get_string());
    if (const auto* text = operands[0].if_string()) {
      const auto parsed = parse_date_time(*text);
      const auto moved = parsed ? plus_time(*parsed, amount, unit) : std::nullopt;
      if (moved) {  // else it is an error of evaluation, if it is ever evaluated
        set_literal(at, Value::of_date(*moved));
        return ok();
      }
    }
    TRYV(compile_operands(at, Op::plus_time, operands, 1));
    program_.nodes[at].amount = amount;
    program_.nodes[at].unit = unit;
    return ok();
  }

  Result<void> compile_operands(std::size_t at, Op op, const json::array& operands, std::size_t count) {
    const std::size_t first = program_.nodes.size();
    if (count > most_nodes_ || first + count > most_nodes_) {
      return fail(Errc::too_large, "CertLogic of more than " + std::to_string(most_nodes_) + " expressions");
    }
    program_.nodes.resize(first + count);
    program_.nodes[at] = {
        .op = op, .first = static_cast<std::uint32_t>(first), .count = static_cast<std::uint32_t>(count)};
    for (std::size_t i = 0; i < count; ++i) {
      TRYV(compile(first + i, operands[i]));
    }
    return ok();
  }

  Program& program_;
  std::size_t most_nodes_;
};

// Whether there are more than `left` expressions inside one another; JSON of an operation is two levels for one of
// logic.
bool deeper_than(const json::value& logic, std::size_t left) {
  const auto* array = logic.if_array();
  const auto* object = logic.if_object();
  if (array == nullptr && object == nullptr) return false;
  if (left == 0) return true;
  const auto inside = [left](const json::value& value) { return deeper_than(value, left - 1); };
  if (array != nullptr) return std::ranges::any_of(*array, inside);
  return std::ranges::any_of(*object, [&](const auto& member) {
    const auto* operands = member.value().if_array();
    return operands != nullptr ? std::ranges::any_of(*operands, inside) : inside(member.value());
  });
}

}  // namespace

Result<Expression> Expression::compile(const json::value& logic, Limits limits) {
  limits.depth = std::min(limits.depth, Limits{}.depth);
  // First of all: what follows recurses, and only as deep as this allows.
  if (deeper_than(logic, limits.depth)) {
    return fail(Errc::too_large, "CertLogic nested deeper than " + std::to_string(limits.depth));
  }
  const auto issues = validate_for_evaluation(logic);
  if (!issues.empty()) return fail(Errc::malformed, "CertLogic: " + issues.front().message);
  auto program = std::make_shared<Program>();
  TRYV(Compiler{*program, limits.nodes}.compile(0, logic));
  return Expression{std::move(program)};
}

}  // namespace lindung::domain::certlogic
