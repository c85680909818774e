// `lindung certificate print`.
#pragma once

#include <CLI/App.hpp>

#include "cli/context.h"

namespace lindung::cli {

void add_certificate_print(CLI::App& certificate, Context& context);

}  // namespace lindung::cli
