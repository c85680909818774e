// What a value of rule logic can be, as far as it can be known without records: private to the type checker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::domain {

// Bits: a value may be one of several.
enum TypeBit : std::uint16_t {
  type_null = 1,
  type_boolean = 2,
  type_number = 4,
  type_time = 8,   // a text that can be read as a date or date-time
  type_word = 16,  // any other text
  type_date = 32,  // a date-time, as plusTime gives
  type_list = 64,
  type_record = 128,
  type_fold = 256,  // the whole context of a reduction
};
inline constexpr std::uint16_t type_text = type_time | type_word;
inline constexpr std::uint16_t every_type = 511;

// The kinds of records, as bits.
inline constexpr std::size_t kinds_of_records_seen = 5;

// Invariant: an upper bound. Whatever the value can be in any evaluation is in here.
struct Type {
  std::uint16_t kinds{};                       // none: there is never such a value
  std::optional<std::set<std::string>> words;  // of a text: all that it can be; none: anything
  std::vector<Type> items;                     // of a list: one after the other, or, if open, what each of them can be
  bool is_open{};                              // of a list: of any length
  std::uint8_t records{};                      // of a record: which kinds

  friend bool operator==(const Type&, const Type&) = default;

  [[nodiscard]] bool may_be(std::uint16_t wanted) const noexcept { return kinds == 0 || (kinds & wanted) != 0; }
  [[nodiscard]] bool is_only(std::uint16_t wanted) const noexcept { return kinds != 0 && (kinds & ~wanted) == 0; }
};

[[nodiscard]] Type any_type();
[[nodiscard]] Type type_of(std::uint16_t kinds);
[[nodiscard]] Type text_type(std::string_view literal);
[[nodiscard]] Type list_of(Type item);
[[nodiscard]] Type records_type(std::size_t kind);  // one record: vaccinations, tests, recoveries, exemptions, contacts

[[nodiscard]] Type joined(const Type& a, const Type& b);
// What any item of a list can be.
[[nodiscard]] Type item_of(const Type& list);
// What is under one fragment of a path.
[[nodiscard]] Type inside(const Type& type, std::string_view fragment);
// Whether "===" can ever be true.
[[nodiscard]] bool can_be_equal(const Type& a, const Type& b);
[[nodiscard]] std::size_t depth_of(const Type& type);
// "a time or nothing"
[[nodiscard]] std::string described(const Type& type);

// "tests" and so on, and none for another word.
[[nodiscard]] std::optional<std::size_t> kind_of_records(std::string_view word);

}  // namespace lindung::domain
