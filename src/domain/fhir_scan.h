// Finds the parts of a JSON text without reading it: where a value ends, the members of an object, the items of a list.
// So a file of any size is cut into resources, and one that is broken or ten thousand levels deep costs only itself.
// Not here: checking. What is cut out may still be no JSON; codec::parse_json() decides that for each resource.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lindung::domain::fhir {

inline constexpr std::size_t no_end = std::string_view::npos;

[[nodiscard]] std::size_t skip_space(std::string_view text, std::size_t at) noexcept;

// The position behind the value that begins at `at`; no_end if the text is over before, or a string has a raw line end.
[[nodiscard]] std::size_t value_end(std::string_view text, std::size_t at) noexcept;

// Brackets open at once, at most. Strings do not count.
[[nodiscard]] std::size_t depth_of(std::string_view text) noexcept;

// The text of a string token with its quotes; none if it is no string.
[[nodiscard]] std::optional<std::string> string_value(std::string_view token);

// Calls `member` with each decoded name and the text of its value, in order. False if this is not the text of one
// object.
using Member = std::function<void(std::string_view name, std::string_view value)>;
[[nodiscard]] bool each_member(std::string_view object, const Member& member);

// Calls `item` with the text of each item. False if this is not the text of one list.
using Item = std::function<void(std::string_view value)>;
[[nodiscard]] bool each_item(std::string_view list, const Item& item);

}  // namespace lindung::domain::fhir
