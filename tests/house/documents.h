// Checks of what is written about the project: the pages, and words that may stand nowhere.
#pragma once

#include <string_view>

#include "house/tree.h"

namespace lindung::house {

// A row of the threat model that does not have all its cells, or names no file of tests, or a file or test that does
// not exist.
[[nodiscard]] Findings threats_without_test(const Tree& tree, std::string_view threat_model);
// A relative link of a Markdown page, or a decision record named anywhere, that leads nowhere.
[[nodiscard]] Findings dead_links(const Tree& tree);
// A path of one particular machine. The one default that leaves the project, the folder of third-party vectors, may
// stand in one file.
[[nodiscard]] Findings machine_paths(const Tree& tree);
// Work left lying in the code.
[[nodiscard]] Findings unfinished_marks(const Tree& tree);

}  // namespace lindung::house
