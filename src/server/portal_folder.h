// Where the built portal lies, beside the program in a build tree or where the package puts it, and what its pages may
// do.
#pragma once

#include <string>
#include <vector>

#include "api/static_site.h"

namespace lindung::server {

// PROGRAM'S FOLDER/portal, else PROGRAM'S FOLDER/../share/lindung/portal; empty when neither is there.
[[nodiscard]] std::string find_portal();

// The pages that see through the camera, and read what it sees with the scanner's wasm; no other page may.
[[nodiscard]] std::vector<api::PageGrant> portal_grants();

}  // namespace lindung::server
