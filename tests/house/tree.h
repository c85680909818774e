// The project as text, for the tests that read it: every file by its path below the root. A check takes a Tree and
// answers with findings, so that each can be shown to fail on a small tree made up for the purpose.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::house {

// Paths have "/" between and do not begin with it.
using Tree = std::map<std::string, std::string, std::less<>>;

// One sentence each, beginning with the path it is about; empty: all is well.
using Findings = std::vector<std::string>;

// The project this test was built from, without what git ignores.
[[nodiscard]] const Tree& project();

// Names as they stand in the source: "codec/cbor.h" for one of ours, "<vector>" for one in angle brackets.
[[nodiscard]] std::vector<std::string> includes_of(std::string_view source);

// The path of the included file of the tree, found as the compiler does; empty if it is none of the tree.
[[nodiscard]] std::string resolve(const Tree& tree, std::string_view from, std::string_view name);

[[nodiscard]] bool is_source(std::string_view path);            // C++ below src, tests or bench
[[nodiscard]] bool is_translation_unit(std::string_view path);  // and compiled by itself

[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char at);

// The cells of the rows of the Markdown table whose head begins with this column; the head and its rule are left out.
[[nodiscard]] std::vector<std::vector<std::string_view>> table_rows(std::string_view markdown,
                                                                    std::string_view first_column);

}  // namespace lindung::house
