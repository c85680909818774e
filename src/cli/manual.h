// The program's own tree of commands as a man page and as a completion for bash: what --help says, so that neither can
// say otherwise.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace lindung::cli {

// lindung(1), roff of man(7).
[[nodiscard]] std::string man_page(const CLI::App& program);
// To be sourced, or put into bash-completion's folder as "lindung".
[[nodiscard]] std::string bash_completion(const CLI::App& program);

// `lindung manual`: prints either of `program`, which is whole when the command runs.
void add_manual_command(CLI::App& program);

}  // namespace lindung::cli
