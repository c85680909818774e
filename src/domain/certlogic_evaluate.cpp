// Evaluation of a compiled program: a walk over its tree that allocates only for array expressions.
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "domain/certlogic.h"
#include "domain/certlogic_program.h"
#include "domain/certlogic_time.h"
#include "domain/certlogic_trace.h"
#include "domain/certlogic_value.h"

namespace lindung::domain::certlogic {

namespace {

// Reductions inside reductions multiply; signed rules need a few hundred steps.
constexpr std::size_t most_steps = 1'000'000;
// A reduction can wrap its result into an array again and again.
constexpr std::size_t most_result_depth = 256;

bool compare(Comparison op, const auto& left, const auto& right) noexcept {
  switch (op) {
    case Comparison::less: return left < right;
    case Comparison::greater: return left > right;
    case Comparison::less_or_equal: return left <= right;
    case Comparison::greater_or_equal: break;
  }
  return left >= right;
}

// Counting visits is another program: without it nothing of it runs.
template <bool counts_visits>
class Evaluator {
 public:
  Evaluator(const Program& program, Trace* trace, Visits* visits = nullptr)
      : program_{program}, trace_{trace}, visits_{visits}, clock_{trace == nullptr ? nullptr : trace->clock} {}

  Value run(const json::value& data) { return evaluate(program_.nodes.front(), Value::of(data, clock_)); }

  [[nodiscard]] Error error() const {
    return {.code = code_, .detail = std::string{"CertLogic: "} + what_, .number = {}};
  }

  Value refuse(const char* what, Errc code = Errc::invalid_argument) noexcept {
    what_ = what;
    code_ = code;
    return Value::of_error();
  }

  // The result as JSON. A date-time becomes its text.
  bool write(const Value& value, json::value& out, std::size_t depth = 0) {
    if (++steps_ > most_steps || depth > most_result_depth)
      return !refuse("the result is too large", Errc::too_large).is_error();
    switch (value.kind) {
      case Kind::null:
      case Kind::error: out = nullptr; break;
      case Kind::boolean: out = value.boolean; break;
      case Kind::integer: out = value.integer; break;
      case Kind::fraction: out = value.fraction; break;
      case Kind::text: out = json::string{value.text()}; break;
      case Kind::date: out = json::string{date_time_text(value.date)}; break;
      case Kind::array: out = *value.array; break;
      case Kind::object: out = *value.object; break;
      case Kind::list: {
        auto& array = out.emplace_array();
        array.reserve(value.size);
        for (std::size_t i = 0; i < value.size; ++i) {
          if (!write(value.items[i], array.emplace_back(nullptr), depth + 1)) return false;
        }
        break;
      }
      case Kind::fold: {
        auto& object = out.emplace_object();
        if (!write(value.items[0], object["accumulator"], depth + 1)) return false;
        if (!write(value.items[1], object["current"], depth + 1)) return false;
        break;
      }
    }
    return true;
  }

 private:
  Value evaluate(const Node& node, const Value& data) {
    const Value value = evaluate_operation(node, data);
    if constexpr (counts_visits) count_visit(node, value);
    return value;
  }

  void count_visit(const Node& node, const Value& value) {
    const Boolsiness truth = value.boolsiness();
    auto& outcomes = visits_->nodes[static_cast<std::size_t>(&node - program_.nodes.data())];
    if (truth == Boolsiness::truthy) ++outcomes.truthy;
    if (truth == Boolsiness::falsy) ++outcomes.falsy;
  }

  Value evaluate_operation(const Node& node, const Value& data) {
    if (++steps_ > most_steps) return refuse("more than a million steps", Errc::too_large);
    switch (node.op) {
      case Op::literal: return program_.constants[node.first];
      case Op::list: return evaluate_list(node, data);
      case Op::var: return evaluate_var(node, data);
      case Op::choose: return evaluate_if(node, data);
      case Op::all: return evaluate_and(node, data);
      case Op::equal: return evaluate_equal(node, data);
      case Op::in: return evaluate_in(node, data);
      case Op::add: return evaluate_add(node, data);
      case Op::compare_integers: return evaluate_comparison(node, data);
      case Op::compare_dates: return evaluate_date_comparison(node, data);
      case Op::negate: return evaluate_not(node, data);
      case Op::plus_time: return evaluate_plus_time(node, data);
      case Op::reduce: return evaluate_reduce(node, data);
      case Op::extract_from_uvci: return evaluate_extract(node, data);
      case Op::date_of_birth: return evaluate_date_of_birth(node, data);
    }
    return refuse("unknown operation");
  }

  [[nodiscard]] const Node& operand(const Node& node, std::size_t place) const noexcept {
    return program_.nodes[node.first + place];
  }

  Value* allocate(std::size_t count) {
    return new (arena_.allocate(count * sizeof(Value), alignof(Value))) Value[count];
  }

  Value evaluate_list(const Node& node, const Value& data) {
    Value* items = allocate(node.count);
    for (std::size_t i = 0; i < node.count; ++i) {
      items[i] = evaluate(operand(node, i), data);
      if (items[i].is_error()) return items[i];
    }
    return Value::of_items(Kind::list, items, node.count);
  }

  // Specification, "Data access (var)".
  Value evaluate_var(const Node& node, const Value& data) {
    if (node.count == 0) {
      if (data.kind != Kind::fold) return data;
      // The reduction overwrites its two items at the next turn.
      Value* items = allocate(2);
      items[0] = data.items[0];
      items[1] = data.items[1];
      return Value::of_items(Kind::fold, items, 2);
    }
    Value value = data;
    for (std::size_t i = 0; i < node.count; ++i) {
      value = drill(value, program_.fragments[node.first + i]);
      if (value.kind == Kind::null) break;
    }
    return value;
  }

  [[nodiscard]] Value drill(const Value& value, const Fragment& fragment) const noexcept {
    switch (value.kind) {
      case Kind::object: {
        const auto* found = value.object->if_contains(fragment.text);
        return found == nullptr ? Value{} : Value::of(*found, clock_);
      }
      case Kind::array:
        if (fragment.index < 0 || static_cast<std::uint64_t>(fragment.index) >= value.array->size()) return {};
        return Value::of((*value.array)[static_cast<std::size_t>(fragment.index)], clock_);
      case Kind::list:
        if (fragment.index < 0 || fragment.index >= std::int64_t{value.size}) return {};
        return value.items[fragment.index];
      case Kind::fold:
        if (fragment.name == Fragment::Name::other) return {};
        return value.items[fragment.name == Fragment::Name::accumulator ? 0 : 1];
      default: return {};
    }
  }

  Value evaluate_if(const Node& node, const Value& data) {
    const Value guard = evaluate(operand(node, 0), data);
    if (guard.is_error()) return guard;
    const Boolsiness truth = guard.boolsiness();
    if (truth == Boolsiness::neither) return refuse("the guard of an \"if\" is neither truthy nor falsy");
    return evaluate(operand(node, truth == Boolsiness::truthy ? 1 : 2), data);
  }

  Value evaluate_and(const Node& node, const Value& data) {
    Value value;
    for (std::size_t i = 0; i < node.count; ++i) {
      value = evaluate(operand(node, i), data);
      if (value.is_error()) return value;
      const Boolsiness truth = value.boolsiness();
      if (truth == Boolsiness::neither) return refuse("an operand of \"and\" is neither truthy nor falsy");
      if (truth == Boolsiness::falsy) return value;
    }
    return value;
  }

  Value evaluate_not(const Node& node, const Value& data) {
    const Value value = evaluate(operand(node, 0), data);
    if (value.is_error()) return value;
    const Boolsiness truth = value.boolsiness();
    if (truth == Boolsiness::neither) return refuse("the operand of \"!\" is neither truthy nor falsy");
    return Value::of(truth == Boolsiness::falsy);
  }

  Value evaluate_equal(const Node& node, const Value& data) {
    const Value left = evaluate(operand(node, 0), data);
    if (left.is_error()) return left;
    const Value right = evaluate(operand(node, 1), data);
    if (right.is_error()) return right;
    return equal(left, right);
  }

  // No coercion. Numbers, texts, booleans and null are equal by value; arrays and objects by identity and date-times
  // never: the specification says that they cannot be relied on, so this is as the reference implementation does it.
  Value equal(const Value& left, const Value& right) noexcept {
    const bool numbers = (left.kind == Kind::integer || left.kind == Kind::fraction) &&
                         (right.kind == Kind::integer || right.kind == Kind::fraction);
    if (left.kind != right.kind) return Value::of(numbers && left.number() == right.number());
    if (left.kind == Kind::text && left.clocked != right.clocked) note_other_use();
    switch (left.kind) {
      case Kind::null: return Value::of(true);
      case Kind::boolean: return Value::of(left.boolean == right.boolean);
      case Kind::integer: return Value::of(left.integer == right.integer);
      case Kind::fraction: return Value::of(left.fraction == right.fraction);
      case Kind::text: return Value::of(left.text() == right.text());
      case Kind::array: return Value::of(left.array == right.array);
      case Kind::object: return Value::of(left.object == right.object);
      case Kind::list:
      case Kind::fold: return Value::of(left.items == right.items);
      case Kind::date:
      case Kind::error: break;
    }
    return Value::of(false);
  }

  Value evaluate_in(const Node& node, const Value& data) {
    const Value member = evaluate(operand(node, 0), data);
    if (member.is_error()) return member;
    const Value set = evaluate(operand(node, 1), data);
    if (set.is_error()) return set;
    if (set.kind == Kind::array) {
      steps_ += set.array->size();
      for (const auto& item : *set.array) {
        if (equal(member, Value::of(item, clock_)).boolean) return Value::of(true);
      }
      return Value::of(false);
    }
    if (set.kind != Kind::list) return refuse("the right-hand side of \"in\" must be an array");
    steps_ += set.size;
    for (std::size_t i = 0; i < set.size; ++i) {
      if (equal(member, set.items[i]).boolean) return Value::of(true);
    }
    return Value::of(false);
  }

  Value evaluate_add(const Node& node, const Value& data) {
    const Value left = evaluate(operand(node, 0), data);
    if (left.is_error()) return left;
    const Value right = evaluate(operand(node, 1), data);
    if (right.is_error()) return right;
    if (!left.is_integer() || !right.is_integer()) return refuse("both operands of \"+\" must be integers");
    std::int64_t sum = 0;
    const bool exact = left.kind == Kind::integer && right.kind == Kind::integer &&
                       !__builtin_add_overflow(left.integer, right.integer, &sum);
    return exact ? Value::of(sum) : Value::of(left.number() + right.number());
  }

  // Evaluates two or three operands; false after an error, which is then the first item.
  bool evaluate_operands(const Node& node, const Value& data, std::array<Value, 3>& values) {
    for (std::size_t i = 0; i < node.count; ++i) {
      values[i] = evaluate(operand(node, i), data);
      if (values[i].is_error()) return false;
    }
    return true;
  }

  Value evaluate_comparison(const Node& node, const Value& data) {
    std::array<Value, 3> values;
    if (!evaluate_operands(node, data, values)) return Value::of_error();
    for (std::size_t i = 0; i < node.count; ++i) {
      if (!values[i].is_integer()) return refuse("all operands of a comparison must be integers");
    }
    for (std::size_t i = 0; i + 1 < node.count; ++i) {
      const bool exact = values[i].kind == Kind::integer && values[i + 1].kind == Kind::integer;
      if (!(exact ? compare(node.comparison, values[i].integer, values[i + 1].integer)
                  : compare(node.comparison, values[i].number(), values[i + 1].number()))) {
        return Value::of(false);
      }
    }
    return Value::of(true);
  }

  Value evaluate_date_comparison(const Node& node, const Value& data) {
    std::array<Value, 3> values;
    if (!evaluate_operands(node, data, values)) return Value::of_error();
    for (std::size_t i = 0; i < node.count; ++i) {
      if (values[i].kind != Kind::date) return refuse("all operands of a date-time comparison must be date-times");
    }
    for (std::size_t i = 0; i + 1 < node.count; ++i) {
      if (trace_ != nullptr) trace_comparison(*trace_, node.comparison, values[i], values[i + 1]);
      if (!compare(node.comparison, values[i].date, values[i + 1].date)) return Value::of(false);
    }
    return Value::of(true);
  }

  Value evaluate_plus_time(const Node& node, const Value& data) {
    const Value text = evaluate(operand(node, 0), data);
    if (text.is_error()) return text;
    if (text.kind != Kind::text) return refuse("the date operand of \"plusTime\" must be a string");
    const auto parsed = parse_date_time(text.text());
    if (!parsed) return refuse("the date operand of \"plusTime\" is not an allowed date or date-time");
    const auto moved = plus_time(*parsed, node.amount, node.unit);
    if (!moved) return refuse("the date-time of a \"plusTime\" is out of range");
    if (text.clocked == Clocked::no) return Value::of_date(*moved);
    const bool even = node.amount == 0 || node.unit == TimeUnit::day || node.unit == TimeUnit::hour;
    return Value::of_date(*moved, even ? Clocked::evenly : Clocked::calendar);
  }

  // Specification, "Reduction (reduce)". The lambda sees {accumulator, current} and nothing of the outer data.
  Value evaluate_reduce(const Node& node, const Value& data) {
    const Value items = evaluate(operand(node, 0), data);
    if (items.is_error()) return items;
    if (items.kind != Kind::null && items.kind != Kind::array && items.kind != Kind::list) {
      return refuse("the operand of \"reduce\" must be an array");
    }
    std::array<Value, 2> fold;  // accumulator, current
    fold[0] = evaluate(operand(node, 2), data);
    if (items.kind == Kind::null || fold[0].is_error()) return fold[0];
    const Node& lambda = operand(node, 1);
    const Value context = Value::of_items(Kind::fold, fold.data(), fold.size());
    const std::size_t count = items.kind == Kind::array ? items.array->size() : items.size;
    for (std::size_t i = 0; i < count; ++i) {
      fold[1] = items.kind == Kind::array ? Value::of((*items.array)[i], clock_) : items.items[i];
      fold[0] = evaluate(lambda, context);
      if (fold[0].is_error()) break;
    }
    return fold[0];
  }

  // Specification, "Extract data from an UCI".
  Value evaluate_extract(const Node& node, const Value& data) {
    const Value uci = evaluate(operand(node, 0), data);
    if (uci.is_error() || uci.kind == Kind::null) return uci;
    if (uci.kind != Kind::text) return refuse("the first operand of \"extractFromUVCI\" must be a string or null");
    if (uci.clocked != Clocked::no) note_other_use();
    if (node.amount < 0) return {};
    constexpr std::string_view prefix = "URN:UVCI:";
    std::string_view rest = uci.text();
    if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
    for (std::int64_t place = 0;; ++place) {
      const std::size_t end = rest.find_first_of("/#:");
      if (place == node.amount) return Value::of(rest.substr(0, end));
      if (end == std::string_view::npos) return {};
      rest.remove_prefix(end + 1);
    }
  }

  Value evaluate_date_of_birth(const Node& node, const Value& data) {
    const Value text = evaluate(operand(node, 0), data);
    if (text.is_error()) return text;
    if (text.kind != Kind::text) return refuse("the operand of \"dccDateOfBirth\" must be a string");
    if (text.clocked != Clocked::no) note_other_use();
    const auto parsed = parse_date_of_birth(text.text());
    return parsed ? Value::of_date(*parsed) : refuse("the operand of \"dccDateOfBirth\" is not a date of birth");
  }

  void note_other_use() noexcept {
    if (trace_ != nullptr) trace_->opaque = true;
  }

  const Program& program_;
  Trace* trace_;
  Visits* visits_;
  const json::value* clock_;
  std::size_t steps_{};
  const char* what_{""};
  Errc code_{Errc::invalid_argument};
  std::array<std::byte, 1024> first_memory_;
  std::pmr::monotonic_buffer_resource arena_{first_memory_.data(), first_memory_.size()};
};

Result<bool> truth_of(auto evaluator, const json::value& data) {
  const Value value = evaluator.run(data);
  if (!value.is_error()) {
    const Boolsiness truth = value.boolsiness();
    if (truth != Boolsiness::neither) return truth == Boolsiness::truthy;
    evaluator.refuse("the result is neither truthy nor falsy");
  }
  return outcome::failure(evaluator.error());
}

}  // namespace

Result<json::value> evaluate(const Expression& expression, const json::value& data) {
  Evaluator<false> evaluator{expression.program(), nullptr};
  const Value value = evaluator.run(data);
  json::value result;
  if (value.is_error() || !evaluator.write(value, result)) return outcome::failure(evaluator.error());
  return result;
}

Result<bool> holds(const Expression& expression, const json::value& data, Trace* trace, Visits* visits) {
  if (visits == nullptr) return truth_of(Evaluator<false>{expression.program(), trace}, data);
  visits->nodes.resize(expression.program().nodes.size());
  return truth_of(Evaluator<true>{expression.program(), trace, visits}, data);
}

}  // namespace lindung::domain::certlogic
