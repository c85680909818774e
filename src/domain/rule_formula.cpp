#include "domain/rule_formula.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json.h"
#include "domain/certlogic.h"
#include "domain/certlogic_time.h"

namespace lindung::domain {

namespace json = boost::json;

namespace {

constexpr std::size_t most_members = 64;                        // of a list that is taken apart
constexpr std::int64_t largest_bound = std::int64_t{1} << 52U;  // far from where arithmetic would overflow
constexpr certlogic::Milliseconds per_hour = 3'600'000;

struct Operation {
  std::string_view name;
  const json::array* operands{};
};
// No name: a literal, a list or a path.
Operation operation_of(const json::value& logic) {
  const auto* object = logic.if_object();
  if (object == nullptr || object->begin()->key() == "var") return {};
  return {.name = object->begin()->key(), .operands = object->begin()->value().if_array()};
}

bool is_scalar(const json::value& value) { return !value.is_array() && !value.is_object(); }

bool reads_data(const json::value& logic) {
  if (const auto* array = logic.if_array()) return std::ranges::any_of(*array, reads_data);
  const auto* object = logic.if_object();
  return object != nullptr && (object->begin()->key() == "var" || reads_data(object->begin()->value()));
}

// What logic that reads nothing always comes to; none when that is an error or neither truthy nor falsy.
std::optional<bool> folded(const json::value& logic) {
  if (reads_data(logic)) return std::nullopt;
  const auto compiled = certlogic::Expression::compile(logic);
  if (!compiled) return std::nullopt;
  const auto truth = certlogic::holds(compiled.value(), nullptr);
  if (!truth) return std::nullopt;
  return truth.value();
}

std::optional<std::int64_t> integer_of(const json::value& value) {
  const auto* number = value.if_int64();
  if (number == nullptr || *number > largest_bound || *number < -largest_bound) return std::nullopt;
  return *number;
}

// One side of a comparison: a name for what it moves with (empty: a constant) and what is added to it.
struct Side {
  std::string name;
  std::int64_t offset{};
};

Side integer_side(const json::value& logic) {
  if (const auto number = integer_of(logic)) return {.name = {}, .offset = *number};
  return {.name = codec::to_text(logic), .offset = 0};
}

// Days and hours are always as long, months and years are not: those stand for themselves.
Side date_side(const json::value& logic) {
  const Side opaque{.name = codec::to_text(logic), .offset = 0};
  const auto operation = operation_of(logic);
  if (operation.name != "plusTime") return opaque;
  const auto& operands = *operation.operands;
  const auto amount = integer_of(operands[1]);
  const auto unit = certlogic::parse_time_unit(operands[2].as_string());
  if (!amount || !unit) return opaque;
  if (const auto* text = operands[0].if_string()) {
    const auto at = certlogic::parse_date_time(*text);
    const auto moved = at ? certlogic::plus_time(*at, *amount, *unit) : std::nullopt;
    return moved ? Side{.name = {}, .offset = *moved} : opaque;
  }
  const bool is_even = *amount == 0 || *unit == certlogic::TimeUnit::day || *unit == certlogic::TimeUnit::hour;
  if (!is_even || *amount > 1'000'000 || *amount < -1'000'000) return opaque;
  const auto hours = *unit == certlogic::TimeUnit::hour ? *amount : *amount * 24;
  return {.name = codec::to_text(operands[0]), .offset = *amount == 0 ? 0 : hours * per_hour};
}

bool is_truthy(const json::value& literal) {
  if (const auto* text = literal.if_string()) return !text->empty();
  if (const auto* flag = literal.if_bool()) return *flag;
  return literal.is_number() && literal != 0;
}

}  // namespace

Formulas::Formulas(const json::value& document) : value_sets_{document.at("valueSets")} {}

Formulas::Place Formulas::add(FormulaNode node) {
  nodes_.push_back(node);
  return nodes_.size() - 1;
}

Formulas::Place Formulas::constant(bool value) { return add({.kind = FormulaNode::Kind::constant, .value = value}); }
Formulas::Place Formulas::both(Place a, Place b) { return add({.kind = FormulaNode::Kind::both, .a = a, .b = b}); }
Formulas::Place Formulas::negation(Place a) { return add({.kind = FormulaNode::Kind::negation, .a = a}); }
Formulas::Place Formulas::choice(Place a, Place b, Place c) {
  return add({.kind = FormulaNode::Kind::choice, .a = a, .b = b, .c = c});
}

Formulas::Place Formulas::atom(Atom atom) {
  const auto known = std::ranges::find(atoms_, atom);
  const auto number = static_cast<std::size_t>(known - atoms_.begin());
  if (known == atoms_.end()) atoms_.push_back(std::move(atom));
  return add({.kind = FormulaNode::Kind::atom, .a = number});
}

void Formulas::define(std::string_view id, Place place) { definitions_.emplace("derived." + std::string{id}, place); }

std::optional<Formulas::Place> Formulas::definition(const json::value& logic) const {
  const auto* object = logic.if_object();
  if (object == nullptr || object->begin()->key() != "var") return std::nullopt;
  const auto found = definitions_.find(std::string_view{object->begin()->value().as_string()});
  if (found == definitions_.end()) return std::nullopt;
  return found->second;
}

Formulas::Place Formulas::truth(const json::value& logic) {
  return atom({.kind = Atom::Kind::truth, .subject = codec::to_text(logic), .literal = {}, .number = {}});
}

Formulas::Place Formulas::below(const std::string& subject, std::int64_t bound) {
  return atom({.kind = Atom::Kind::below, .subject = subject, .bound = bound, .literal = {}, .number = {}});
}

Formulas::Place Formulas::of(const json::value& logic) {
  if (const auto always = folded(logic)) return constant(*always);
  if (const auto known = definition(logic)) return *known;
  if (const auto* list = logic.if_array()) return constant(!list->empty());
  const auto [name, operands] = operation_of(logic);
  if (name == "!") return negation(of(operands->front()));
  if (name == "if") return choice(of((*operands)[0]), of((*operands)[1]), of((*operands)[2]));
  if (name == "and") {
    Place all = constant(true);
    for (const auto& operand : *operands) all = both(all, of(operand));
    return all;
  }
  if (name == "===") return equal((*operands)[0], (*operands)[1]);
  if (name == "in") return member((*operands)[0], (*operands)[1]);
  constexpr std::array comparisons{std::string_view{"<"},          std::string_view{">"},
                                   std::string_view{"<="},         std::string_view{">="},
                                   std::string_view{"before"},     std::string_view{"after"},
                                   std::string_view{"not-before"}, std::string_view{"not-after"}};
  if (std::ranges::find(comparisons, name) == comparisons.end()) return truth(logic);
  Place all = constant(true);
  for (std::size_t i = 0; i + 1 < operands->size(); ++i) {
    all = both(all, compared(name, (*operands)[i], (*operands)[i + 1]));
  }
  return all;
}

Formulas::Place Formulas::equal(const json::value& left, const json::value& right) {
  const bool is_mirrored = is_scalar(left);
  const json::value& literal = is_mirrored ? left : right;
  const json::value& subject = is_mirrored ? right : left;
  if (!is_scalar(literal)) {
    return truth(json::object{{"===", json::array{left, right}}});
  }
  // A definition is true or false and nothing else.
  if (const auto known = definition(subject)) {
    if (literal == true) return *known;
    return literal == false ? negation(*known) : constant(false);
  }
  const auto number = integer_of(literal);
  if (literal.is_number() && !number) return truth(json::object{{"===", json::array{subject, literal}}});
  return atom({.kind = Atom::Kind::equals,
               .subject = codec::to_text(subject),
               .literal = codec::to_text(literal),
               .is_truthy = is_truthy(literal),
               .number = number});
}

Formulas::Place Formulas::member(const json::value& item, const json::value& set) {
  const json::array* list = set.if_array();
  const auto* object = set.if_object();
  if (object != nullptr && object->begin()->key() == "var") {
    constexpr std::string_view prefix = "external.valueSets.";
    const std::string_view path = object->begin()->value().as_string();
    const auto* found =
        path.starts_with(prefix) ? value_sets_.as_object().if_contains(path.substr(prefix.size())) : nullptr;
    if (found != nullptr) list = &found->as_array();
  }
  const bool is_plain = list != nullptr && list->size() <= most_members && std::ranges::all_of(*list, is_scalar);
  if (!is_plain || is_scalar(item)) return truth(json::object{{"in", json::array{item, set}}});
  Place none = constant(true);
  for (const auto& value : *list) none = both(none, negation(equal(item, value)));
  return negation(none);
}

// Everything becomes "distance < bound", with the distance named from its smaller side to its larger one.
Formulas::Place Formulas::compared(std::string_view op, const json::value& left, const json::value& right) {
  const bool is_of_dates = op.size() > 2;
  auto from = is_of_dates ? date_side(left) : integer_side(left);
  auto to = is_of_dates ? date_side(right) : integer_side(right);
  if (from.name == to.name) {
    // The same on both sides, or two constants: always the same distance.
    const auto distance = from.offset - to.offset;
    const bool is_less = distance < 0;
    if (op == "<" || op == "before") return constant(is_less);
    if (op == ">=" || op == "not-before") return constant(!is_less);
    return constant((op == ">" || op == "after") ? distance > 0 : distance <= 0);
  }
  const bool is_swapped = from.name.empty() || (!to.name.empty() && to.name < from.name);
  if (is_swapped) std::swap(from, to);
  // A number alone is its own subject, so that "===" speaks of it too.
  const auto subject = to.name.empty() && !is_of_dates ? from.name : from.name + " - " + to.name;
  const auto bound = to.offset - from.offset;
  const bool is_strictly_less = op == "<" || op == "before";
  const bool is_strictly_greater = op == ">" || op == "after";
  const bool is_at_most = op == "<=" || op == "not-after";
  // After a swap, less is greater.
  if (is_swapped ? is_strictly_greater : is_strictly_less) return below(subject, bound);
  if (is_swapped ? is_strictly_less : is_strictly_greater) return negation(below(subject, bound + 1));
  if (is_at_most != is_swapped) return below(subject, bound + 1);
  return negation(below(subject, bound));
}

}  // namespace lindung::domain
