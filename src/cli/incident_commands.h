// `lindung incident …`.
#pragma once

#include <CLI/App.hpp>

#include "cli/context.h"

namespace lindung::cli {

void add_incident_commands(CLI::App& program, Context& context);

}  // namespace lindung::cli
