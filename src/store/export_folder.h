// An exported log as its verifier sees it. Links are not followed: an export holds plain files.
#pragma once

#include <string>

#include "log/verifier.h"

namespace lindung::store {

// Errors of the reader: corrupt for anything but a plain file; not_found; too_large; io.
[[nodiscard]] log::ExportReader export_folder(const std::string& folder);

}  // namespace lindung::store
