// The compact tree that logic is compiled to; private to the compiler, the evaluator and the
// list of conditions.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "domain/certlogic_time.h"
#include "domain/certlogic_value.h"

namespace lindung::domain::certlogic {

enum class Op : std::uint8_t {
  literal,
  list,
  var,
  choose,  // "if"
  all,     // "and"
  equal,
  in,
  add,
  compare_integers,
  compare_dates,
  negate,
  plus_time,
  reduce,
  extract_from_uvci,
  date_of_birth,
};

enum class Comparison : std::uint8_t { less, greater, less_or_equal, greater_or_equal };

// One step of a path. `index` is -1 unless the fragment is an array index.
struct Fragment {
  enum class Name : std::uint8_t { other, accumulator, current };
  std::string_view text;
  std::int64_t index{-1};
  Name name{Name::other};
};

// Operands stand side by side: nodes [first, first + count). For `literal`, `first` is the place among the constants,
// for `var` [first, first + count) are the fragments of its path.
struct Node {
  Op op{Op::literal};
  Comparison comparison{Comparison::less};
  TimeUnit unit{TimeUnit::day};
  std::uint32_t first{};
  std::uint32_t count{};
  std::int64_t amount{};  // of plusTime; the index of extractFromUVCI
};

// Node 0 is the root. Constants and fragments refer to `texts` and `lists`, so a program is never copied or moved.
struct Program {
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::vector<Node> nodes;
  std::vector<Value> constants;
  std::vector<Fragment> fragments;
  std::deque<std::string> texts;
  std::deque<std::vector<Value>> lists;
};

}  // namespace lindung::domain::certlogic
