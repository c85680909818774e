// The type checker of rule logic: walks each expression with an upper bound of what every part of it can be.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/rule_check.h"
#include "domain/rule_type.h"

namespace lindung::domain {

namespace {

// Reductions inside reductions multiply the passes; beyond this nothing more is said.
constexpr std::size_t most_steps = 2'000'000;
// An accumulator that has not settled by then is taken for anything.
constexpr int most_passes = 5;
constexpr std::size_t most_depth = 8;

struct Context {
  const Type* accumulator{};  // null: not inside a reduction
  const Type* current{};
};

std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const auto dot = path.find('.');
  return {path.substr(0, dot), dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1)};
}

class Checker {
 public:
  explicit Checker(const json::value& document) : value_sets_{document.at("valueSets")} {}

  void check_logic(const json::value& logic, const std::string& pointer) {
    want_truth(check(logic, pointer, {}), pointer, "the logic");
  }

  std::vector<Finding> findings;

 private:
  using Operands = json::array;

  void report(const std::string& pointer, std::string message) {
    if (is_quiet_ == 0 && steps_ <= most_steps) findings.push_back({.pointer = pointer, .message = std::move(message)});
  }

  void want(const Type& type, std::uint16_t kinds, const std::string& pointer, std::string_view needed) {
    if (!type.may_be(kinds)) {
      report(pointer, std::string{needed} + " is needed, and this is always " + described(type));
    }
  }

  void want_truth(const Type& type, const std::string& pointer, std::string_view what) {
    if (type.is_only(type_date)) {
      report(pointer, std::string{what} + " is a date-time, which is neither true nor false");
    }
  }

  Type check(const json::value& expr, const std::string& pointer, const Context& context) {
    if (++steps_ > most_steps) return any_type();
    if (expr.is_bool()) return type_of(type_boolean);
    if (expr.is_number()) return type_of(type_number);
    if (const auto* text = expr.if_string()) return text_type(*text);
    if (const auto* array = expr.if_array()) {
      auto list = type_of(type_list);
      list.items = check_all(*array, array->size(), pointer, context);
      return list;
    }
    const auto& [name, operands] = *expr.get_object().begin();
    const std::string inner = pointer + "/" + std::string{name};
    if (name == "var") return check_var(std::string_view{operands.get_string()}, inner, context);
    return check_operation(name, operands.get_array(), inner, context);
  }

  std::vector<Type> check_all(const Operands& operands, std::size_t count, const std::string& pointer,
                              const Context& context) {
    std::vector<Type> types;
    for (std::size_t i = 0; i < std::min(count, operands.size()); ++i) {
      types.push_back(check(operands[i], pointer + "/" + std::to_string(i), context));
    }
    return types;
  }

  Type check_operation(std::string_view name, const Operands& operands, const std::string& inner,
                       const Context& context) {
    if (name == "reduce") return check_reduce(operands, inner, context);
    const bool takes_one = name == "plusTime" || name == "extractFromUVCI" || name == "dccDateOfBirth";
    const auto types = check_all(operands, takes_one ? 1 : operands.size(), inner, context);
    const auto place = [&](std::size_t i) { return inner + "/" + std::to_string(i); };
    if (name == "if") {
      want_truth(types[0], place(0), "the guard");
      return joined(types[1], types[2]);
    }
    if (name == "and") {
      Type out;
      for (std::size_t i = 0; i < types.size(); ++i) {
        want_truth(types[i], place(i), "the operand");
        out = joined(out, types[i]);
      }
      return out;
    }
    if (name == "!") {
      want_truth(types[0], place(0), "the operand");
      return type_of(type_boolean);
    }
    if (name == "===") {
      check_equal(types[0], types[1], inner);
      return type_of(type_boolean);
    }
    if (name == "in") {
      check_in(types[0], types[1], inner);
      return type_of(type_boolean);
    }
    if (takes_one) return check_reading(name, types[0], operands[0], place(0));
    const bool is_of_dates = name == "before" || name == "after" || name == "not-before" || name == "not-after";
    for (std::size_t i = 0; i < types.size(); ++i) {
      want(types[i], is_of_dates ? type_date : type_number, place(i), is_of_dates ? "a date-time" : "a number");
    }
    return type_of(name == "+" ? type_number : type_boolean);
  }

  // plusTime, extractFromUVCI, dccDateOfBirth.
  Type check_reading(std::string_view name, const Type& type, const json::value& operand, const std::string& place) {
    if (name == "extractFromUVCI") {
      want(type, type_text | type_null, place, "a text");
      return type_of(type_text | type_null);
    }
    if (name == "plusTime" && operand.is_string() && !type.may_be(type_time)) {
      report(place, "this is no date or date-time");
    } else if (name == "plusTime") {
      want(type, type_time, place, "the text of a time");
    } else {
      want(type, type_text, place, "a text");
    }
    return type_of(type_date);
  }

  void check_equal(const Type& left, const Type& right, const std::string& pointer) {
    if (left.is_only(type_date) || right.is_only(type_date)) {
      return report(pointer, "date-times are never equal: not-before and not-after compare them");
    }
    if (can_be_equal(left, right)) return;
    report(pointer, "never equal: one is " + described(left) + ", the other " + described(right));
  }

  void check_in(const Type& member, const Type& set, const std::string& pointer) {
    want(set, type_list, pointer + "/1", "a list");
    if (!set.is_only(type_list)) return;
    const auto item = item_of(set);
    if (!can_be_equal(member, item)) {
      report(pointer, "never in it: the member is " + described(member) + ", the list holds " + described(item));
    }
  }

  Type check_reduce(const Operands& operands, const std::string& inner, const Context& context) {
    const auto items = check(operands[0], inner + "/0", context);
    want(items, type_list | type_null, inner + "/0", "a list");
    auto accumulator = check(operands[2], inner + "/2", context);
    const auto current = item_of(items);
    if (current.kinds == 0) return accumulator;  // never a turn
    const std::string lambda = inner + "/1";
    bool has_settled = false;
    ++is_quiet_;
    for (int pass = 0; pass < most_passes && !has_settled; ++pass) {
      const auto next = joined(accumulator, check(operands[1], lambda, {&accumulator, &current}));
      has_settled = next == accumulator;
      accumulator = next;
      if (depth_of(accumulator) > most_depth) break;
    }
    --is_quiet_;
    if (!has_settled) accumulator = any_type();
    check(operands[1], lambda, {&accumulator, &current});
    return accumulator;
  }

  Type check_var(std::string_view path, const std::string& pointer, const Context& context) {
    if (path.empty()) return any_type();
    const auto [first, rest] = split(path);
    if (context.accumulator != nullptr) {
      if (first == "accumulator") return descend(*context.accumulator, rest, pointer);
      if (first == "current") return descend(*context.current, rest, pointer);
      report(pointer, "inside a reduction there are accumulator and current only, not " + std::string{path});
      return type_of(type_null);
    }
    const auto [second, inside_second] = split(rest);
    if (first == "payload") {
      if (const auto kind = kind_of_records(second)) {
        return descend(list_of(records_type(*kind)), inside_second, pointer);
      }
    } else if (first == "derived") {
      auto type = type_of(second == "colour" ? type_word : type_boolean);
      if (second == "colour") type.words = {"green", "yellow", "red", "black"};
      return descend(type, inside_second, pointer);
    } else if (first == "external" && second == "validationClock") {
      return descend(type_of(type_time), inside_second, pointer);
    } else if (first == "external" && second == "valueSets") {
      const auto [set, inside_set] = split(inside_second);
      return descend(value_set(set), inside_set, pointer);
    }
    return any_type();
  }

  [[nodiscard]] Type value_set(std::string_view name) const {
    const auto* set = value_sets_.as_object().if_contains(name);
    if (set == nullptr) return any_type();
    Type item;
    for (const auto& value : set->as_array()) item = joined(item, text_type(value.as_string()));
    return list_of(std::move(item));
  }

  Type descend(Type type, std::string_view path, const std::string& pointer) {
    while (!path.empty()) {
      const auto [fragment, rest] = split(path);
      auto next = inside(type, fragment);
      if (next.is_only(type_null) && !type.is_only(type_null)) {
        report(pointer, "there is never a \"" + std::string{fragment} + "\" in " + described(type));
        return next;
      }
      type = std::move(next);
      path = rest;
    }
    return type;
  }

  const json::value& value_sets_;
  std::size_t steps_{};
  int is_quiet_{};  // passes that only find out what an accumulator can be
};

}  // namespace

std::vector<Finding> type_findings(const json::value& document) {
  Checker checker{document};
  for (const std::string list : {"definitions", "colours", "policies"}) {
    const auto& items = document.at(list).as_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      checker.check_logic(items[i].at("logic"), "/" + list + "/" + std::to_string(i) + "/logic");
    }
  }
  return std::move(checker.findings);
}

}  // namespace lindung::domain
