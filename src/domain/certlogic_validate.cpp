// Static validation of the form of logic, message by message as the specification's validator words it.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/certlogic.h"
#include "domain/certlogic_time.h"
#include "domain/certlogic_value.h"

namespace lindung::domain::certlogic {

namespace {

constexpr std::string_view comparisons[] = {"<", ">", "<=", ">=", "after", "before", "not-after", "not-before"};
constexpr std::string_view pairs[] = {"===", "in", "+"};

bool is_one_of(std::string_view name, const auto& names) { return std::ranges::find(names, name) != std::end(names); }

bool is_integer(const json::value& value) { return value.is_number() && Value::of(value, nullptr).is_integer(); }

// A number as JavaScript writes it (ECMA-262 section 6.1.6.1.20).
std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(number), std::chars_format::scientific);
  std::string digits{buffer.data(), written.ptr};
  const auto e = digits.find('e');
  int exponent = 0;
  const char* from = digits.data() + e + (digits[e + 1] == '+' ? 2 : 1);
  std::from_chars(from, digits.data() + digits.size(), exponent);
  digits.erase(e);
  std::erase(digits, '.');
  const auto count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  std::string text = number < 0 ? "-" : "";
  if (point >= count && point <= 21) return text + digits + std::string(static_cast<std::size_t>(point - count), '0');
  if (point > 0 && point <= 21) {
    return text + digits.substr(0, static_cast<std::size_t>(point)) + "." +
           digits.substr(static_cast<std::size_t>(point));
  }
  if (point > -6 && point <= 0) return text + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  text += digits.substr(0, 1);
  if (count > 1) text += "." + digits.substr(1);
  return text + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

// A value inside a message, as a JavaScript template string shows it.
std::string shown(const json::value& value, std::size_t depth = 0) {
  if (depth > Limits{}.depth) return "...";
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    case json::kind::int64: return std::to_string(value.get_int64());
    case json::kind::uint64: return number_text(static_cast<double>(value.get_uint64()));
    case json::kind::double_: return number_text(value.get_double());
    case json::kind::string: return std::string{value.get_string()};
    case json::kind::object: return "[object Object]";
    case json::kind::array: break;
  }
  std::string text;
  for (const auto& item : value.get_array()) {
    if (&item != value.get_array().data()) text += ",";
    if (!item.is_null()) text += shown(item, depth + 1);
  }
  return text;
}

// For evaluation, operands behind the last one that counts are no fault: they are never looked at.
enum class Surplus : bool { fault, ignored };

class Validator {
 public:
  explicit Validator(Surplus surplus) : surplus_{surplus} {}

  void check(const json::value& expr, std::size_t depth) {
    if (expr.is_string() || expr.is_bool() || is_integer(expr)) return;
    if (expr.is_number()) return report(expr, shown(expr) + " is a non-integer number");
    if (expr.is_null()) return report(expr, "invalid CertLogic expression");
    if (depth > Limits{}.depth) {
      return report(nullptr, "expressions are nested deeper than " + std::to_string(Limits{}.depth));
    }
    if (const auto* array = expr.if_array()) return check_each(*array, array->size(), depth);
    check_operation(expr, expr.get_object(), depth);
  }

  std::vector<Issue> issues;

 private:
  [[nodiscard]] bool has_operands(const json::array& values, std::size_t wanted) const {
    return values.size() == wanted || (surplus_ == Surplus::ignored && values.size() > wanted);
  }

  void report(const json::value& expr, std::string message) { issues.push_back({expr, std::move(message)}); }

  void check_each(const json::array& values, std::size_t most, std::size_t depth) {
    for (std::size_t i = 0; i < std::min(most, values.size()); ++i) check(values[i], depth + 1);
  }

  void check_operation(const json::value& expr, const json::object& object, std::size_t depth) {
    if (object.size() != 1) {
      return report(expr, "expression object must have exactly one key, but it has " + std::to_string(object.size()));
    }
    const std::string_view name = object.begin()->key();
    const json::value& operands = object.begin()->value();
    if (name == "var") return check_var(expr, operands);
    const auto* values = operands.if_array();
    if (values == nullptr) return report(expr, R"(operation not of the form { "<operator>": [ <values...> ] })");
    const auto count = std::to_string(values->size());
    if (name == "if" || name == "reduce") {
      const std::string operation = name == "if" ? "an \"if\"" : "a \"reduce\"";
      if (!has_operands(*values, 3)) {
        report(expr, operation + "-operation must have exactly 3 values/operands, but it has " + count);
      }
      return check_each(*values, 3, depth);
    }
    if (name == "and" || is_one_of(name, comparisons) || is_one_of(name, pairs)) {
      return check_infix(expr, name, *values, depth);
    }
    if (name == "!") {
      if (has_operands(*values, 1)) return check_each(*values, 1, depth);
      return report(expr, "a !-operation (logical not/negation) must have exactly 1 operand, but it has " + count);
    }
    if (name == "plusTime") return check_plus_time(expr, *values, depth);
    if (name == "extractFromUVCI") return check_extract(expr, *values, depth);
    if (name == "dccDateOfBirth") {
      if (!has_operands(*values, 1)) {
        report(expr, "a \"dccDateOfBirth\"-operation must have exactly 1 value/operand, but it has " + count);
      }
      return check_each(*values, 1, depth);
    }
    report(expr, "unrecognised operator: \"" + std::string{name} + "\"");
  }

  // A path is empty, or fragments that are not empty with single dots between them.
  void check_var(const json::value& expr, const json::value& operand) {
    const auto* text = operand.if_string();
    if (text == nullptr) return report(expr, R"(not of the form { "var": "<path>" })");
    const std::string_view path = *text;
    const bool gap = path.starts_with('.') || path.ends_with('.') || path.find("..") != std::string_view::npos;
    if (gap) report(expr, "data access path doesn't have a valid format: " + std::string{path});
  }

  void check_infix(const json::value& expr, std::string_view name, const json::array& values, std::size_t depth) {
    const auto count = std::to_string(values.size());
    const std::string operation = "an operation with operator \"" + std::string{name} + "\"";
    std::size_t most = values.size();
    if (name == "and") {
      if (values.size() < 2) {
        report(expr, "an \"and\" operation must have at least 2 operands, but it has " + count);
      }
    } else if (is_one_of(name, comparisons)) {
      most = 3;
      if (values.size() < 2 || values.size() > 3) {
        report(expr, operation + " must have 2 or 3 operands, but it has " + count);
      }
    } else {
      most = 2;
      if (values.size() != 2) report(expr, operation + " must have 2 operands, but it has " + count);
    }
    check_each(values, most, depth);
  }

  void check_plus_time(const json::value& expr, const json::array& values, std::size_t depth) {
    if (!has_operands(values, 3)) {
      report(expr, "a \"plusTime\"-operation must have exactly 3 values/operands, but it has " +
                       std::to_string(values.size()));
    }
    check_each(values, 1, depth);
    if (values.size() > 1 && !is_integer(values[1])) {
      report(expr, "\"amount\" argument (#2) of \"plusTime\" must be an integer, but it is: " + shown(values[1]));
    }
    if (values.size() > 2 && (!values[2].is_string() || !parse_time_unit(values[2].get_string()))) {
      report(expr,
             "\"unit\" argument (#3) of \"plusTime\" must be a string equal to one of year, month, day, hour, "
             "but it is: " +
                 shown(values[2]));
    }
  }

  void check_extract(const json::value& expr, const json::array& values, std::size_t depth) {
    if (!has_operands(values, 2)) {
      report(expr, "an \"extractFromUVCI\"-operation must have exactly 2 values/operands, but it has " +
                       std::to_string(values.size()));
    }
    check_each(values, 1, depth);
    if (values.size() > 1 && !is_integer(values[1])) {
      report(expr, "\"index\" argument (#2) of \"extractFromUVCI\" must be an integer, but it is: " + shown(values[1]));
    }
  }

  Surplus surplus_;
};

void gather_paths(const json::value& logic, std::size_t depth, std::vector<std::string>& paths) {
  if (depth > 2 * Limits{}.depth) return;
  if (const auto* array = logic.if_array()) {
    for (const auto& item : *array) gather_paths(item, depth + 1, paths);
  }
  const auto* object = logic.if_object();
  if (object == nullptr || object->size() != 1) return;
  const std::string_view name = object->begin()->key();
  const json::value& operands = object->begin()->value();
  if (name == "var") {
    if (const auto* path = operands.if_string()) paths.emplace_back(*path);
    return;
  }
  const auto* values = operands.if_array();
  if (values == nullptr) return;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const bool inner_context = name == "reduce" && i == 1;
    if (!inner_context) gather_paths((*values)[i], depth + 2, paths);
  }
}

}  // namespace

std::vector<Issue> validate(const json::value& logic) {
  Validator validator{Surplus::fault};
  validator.check(logic, 1);
  return std::move(validator.issues);
}

std::vector<Issue> validate_for_evaluation(const json::value& logic) {
  Validator validator{Surplus::ignored};
  validator.check(logic, 1);
  return std::move(validator.issues);
}

std::vector<std::string> data_accesses(const json::value& logic) {
  std::vector<std::string> paths;
  gather_paths(logic, 0, paths);
  std::ranges::sort(paths);
  const auto repeated = std::ranges::unique(paths);
  paths.erase(repeated.begin(), repeated.end());
  return paths;
}

}  // namespace lindung::domain::certlogic
