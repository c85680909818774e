// `lindung delegation …`: who acts for whom, as a health office makes it.
#pragma once

#include <CLI/App.hpp>

#include "cli/context.h"

namespace lindung::cli {

void add_delegation_commands(CLI::App& program, Context& context);

}  // namespace lindung::cli
