// The tables of a travel installation: a list of migrations of its own, in the words of store/schema.h. It shares with
// the main database the form of the log's tables and nothing else.
#pragma once

#include <span>

#include "store/schema.h"

namespace lindung::travel {

// Shape: in the order of versions. The texts live as long as the program.
[[nodiscard]] std::span<const store::Migration> migrations();

}  // namespace lindung::travel
