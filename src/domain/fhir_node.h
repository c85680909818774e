// A place in a FHIR resource that knows its JSON pointer, so that every refusal says where.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/outcome/basic_result.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {

// Privacy: the pointer names fields and positions, never a value.
struct Refusal {
  Reason reason{};
  std::string pointer;  // inside the resource: "/vaccineCode/coding/0"
};

template <class T>
using Read = outcome::basic_result<T, Refusal, outcome::policy::terminate>;

[[nodiscard]] inline auto refuse(Reason reason, std::string pointer = {}) {
  return outcome::failure(Refusal{.reason = reason, .pointer = std::move(pointer)});
}

// Longer texts than this have no place in what we read; each field may ask for less.
inline constexpr std::size_t max_text = 512;

// A view: the JSON value, and the texts of names, must outlive it. A node may be absent, as a member that is not there;
// null counts as absent.
class Node {
 public:
  explicit Node(const boost::json::value* value) noexcept : value_{value} {}

  [[nodiscard]] bool exists() const noexcept { return value_ != nullptr; }
  // `name` must be a literal. Absent when this is no object or lacks it.
  [[nodiscard]] Node member(std::string_view name) const;
  // Absent when this is no list or is shorter.
  [[nodiscard]] Node item(std::size_t index) const;
  // Of a list; 0 for anything else.
  [[nodiscard]] std::size_t size() const noexcept;

  // Reasons: wrong_type at this pointer when it is there and is something else; value_too_long.
  [[nodiscard]] Read<std::optional<std::string_view>> text(std::size_t max_size = max_text) const;
  [[nodiscard]] Read<std::optional<bool>> boolean() const;
  // wrong_type unless absent, or a list / an object.
  [[nodiscard]] Read<void> check_list() const;
  [[nodiscard]] Read<void> check_object() const;

  [[nodiscard]] const boost::json::value* value() const noexcept { return value_; }
  [[nodiscard]] std::string pointer() const;
  [[nodiscard]] auto refused(Reason reason) const { return refuse(reason, pointer()); }
  // The refusal of a part that does not know where it stands, moved here.
  [[nodiscard]] auto refused(const Refusal& inner) const { return refuse(inner.reason, pointer() + inner.pointer); }

 private:
  struct Segment {
    std::string_view name;  // empty: an index
    std::size_t index{};
  };
  static constexpr std::size_t max_depth = 8;  // of what we read, not of the resource

  [[nodiscard]] Node below(const boost::json::value* value, Segment segment) const;

  const boost::json::value* value_;
  std::array<Segment, max_depth> path_{};
  std::size_t depth_{};
};

}  // namespace lindung::domain::fhir
