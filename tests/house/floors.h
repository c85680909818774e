// The floors of docs/architecture.md, and the checks that hold the source to them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "house/tree.h"

namespace lindung::house {

struct Component {
  std::string name;
  unsigned floor{};
  bool is_planned{};
};

// Shape: in the order of the table; "cert (planned)" is not built yet.
[[nodiscard]] std::vector<Component> read_floors(std::string_view architecture);

// An include of a component on the same floor or a higher one.
[[nodiscard]] Findings climbing_includes(const Tree& tree, const std::vector<Component>& floors);
// A file of src/ that belongs to no component of the table.
[[nodiscard]] Findings files_without_floor(const Tree& tree, const std::vector<Component>& floors);
// A component of the table without a folder, or a planned one with sources.
[[nodiscard]] Findings components_without_folder(const Tree& tree, const std::vector<Component>& floors);
// A component that does not say in a README what it promises.
[[nodiscard]] Findings components_without_readme(const Tree& tree, const std::vector<Component>& floors);

// What `from` includes of the component `of` beyond these headers, by itself or through headers of ours.
[[nodiscard]] Findings includes_beyond(const Tree& tree, std::string_view from, std::string_view of,
                                       const std::vector<std::string>& allowed);

// The translation units that compile Beast or Asio, by themselves or through a header of ours: the dearest headers of
// the build, and the ones that tie code to a library.
[[nodiscard]] std::vector<std::string> units_with_asio(const Tree& tree);

}  // namespace lindung::house
