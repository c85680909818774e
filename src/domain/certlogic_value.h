// A value in the middle of an evaluation: 16 bytes that refer into the data or the program and own nothing.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domain/certlogic_time.h"

namespace lindung::domain::certlogic {

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,
  fraction,  // a number of the data that is no integer, or too large for one
  text,
  date,
  array,   // of the data
  object,  // of the data
  list,    // made by an array expression
  fold,    // the {accumulator, current} that a reduction gives to its lambda: two items
  error,   // what went wrong is kept by the evaluator
};

// Where a text or a date-time has the clock in it (see Trace).
enum class Clocked : std::uint8_t {
  no,
  evenly,    // the clock itself, or moved by hours or days: it runs as fast as the clock
  calendar,  // moved by months or years: it jumps where months differ in length
};

enum class Boolsiness : std::uint8_t { falsy, truthy, neither };

struct Value {
  Kind kind{Kind::null};
  Clocked clocked{Clocked::no};
  std::uint32_t size{};  // of a text, in bytes; of a list, in items
  union {
    bool boolean;
    std::int64_t integer;
    double fraction;
    const char* characters;
    Milliseconds date;
    const json::array* array;
    const json::object* object;
    const Value* items;
  };

  constexpr Value() noexcept : integer{0} {}

  static constexpr Value of(bool value) noexcept {
    Value made{Kind::boolean};
    made.boolean = value;
    return made;
  }
  static constexpr Value of(std::int64_t value) noexcept {
    Value made{Kind::integer};
    made.integer = value;
    return made;
  }
  // An integral number is an integer however it was written.
  static Value of(double value) noexcept {
    constexpr double limit = 9'223'372'036'854'775'808.0;  // 2^63
    if (std::trunc(value) == value && value < limit && value >= -limit) return of(static_cast<std::int64_t>(value));
    Value made{Kind::fraction};
    made.fraction = value;
    return made;
  }
  static Value of(std::string_view text) noexcept {
    Value made{Kind::text};
    made.size = static_cast<std::uint32_t>(text.size());
    made.characters = text.data();
    return made;
  }
  static constexpr Value of_date(Milliseconds at, Clocked clocked = Clocked::no) noexcept {
    Value made{Kind::date};
    made.clocked = clocked;
    made.date = at;
    return made;
  }
  static constexpr Value of_items(Kind kind, const Value* items, std::size_t count) noexcept {
    Value made{kind};
    made.size = static_cast<std::uint32_t>(count);
    made.items = items;
    return made;
  }
  static constexpr Value of_error() noexcept { return Value{Kind::error}; }

  // Refers to `value`; `clock` is the string that is the clock, if any.
  static Value of(const json::value& value, const json::value* clock) noexcept {
    switch (value.kind()) {
      case json::kind::null: break;
      case json::kind::bool_: return of(value.get_bool());
      case json::kind::int64: return of(value.get_int64());
      case json::kind::uint64: return of(static_cast<double>(value.get_uint64()));
      case json::kind::double_: return of(value.get_double());
      case json::kind::string: {
        Value made = of(std::string_view{value.get_string()});
        if (&value == clock) made.clocked = Clocked::evenly;
        return made;
      }
      case json::kind::array: {
        Value made{Kind::array};
        made.array = &value.get_array();
        return made;
      }
      case json::kind::object: {
        Value made{Kind::object};
        made.object = &value.get_object();
        return made;
      }
    }
    return {};
  }

  [[nodiscard]] std::string_view text() const noexcept { return {characters, size}; }
  [[nodiscard]] bool is_error() const noexcept { return kind == Kind::error; }
  // Numbers without a fractional part, as JavaScript's Number.isInteger.
  [[nodiscard]] bool is_integer() const noexcept {
    return kind == Kind::integer || (kind == Kind::fraction && std::trunc(fraction) == fraction);
  }
  [[nodiscard]] double number() const noexcept {
    return kind == Kind::integer ? static_cast<double>(integer) : fraction;
  }

  // Specification, "Truthy and falsy values".
  [[nodiscard]] Boolsiness boolsiness() const noexcept {
    const auto of_bool = [](bool truthy) { return truthy ? Boolsiness::truthy : Boolsiness::falsy; };
    switch (kind) {
      case Kind::null: return Boolsiness::falsy;
      case Kind::boolean: return of_bool(boolean);
      case Kind::integer: return of_bool(integer != 0);
      case Kind::fraction: return Boolsiness::truthy;
      case Kind::text:
      case Kind::list:
      case Kind::fold: return of_bool(size != 0);
      case Kind::array: return of_bool(!array->empty());
      case Kind::object: return of_bool(!object->empty());
      case Kind::date:
      case Kind::error: break;
    }
    return Boolsiness::neither;
  }

 private:
  explicit constexpr Value(Kind of_kind) noexcept : kind{of_kind}, integer{0} {}
};

static_assert(sizeof(Value) == 16);

}  // namespace lindung::domain::certlogic
