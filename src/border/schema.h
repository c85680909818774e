// The tables of a border device: a list of migrations of its own, in the words of store/schema.h. No name, no number of
// a document: cards by their random ids, people by the marks of their documents.
#pragma once

#include <span>

#include "store/schema.h"

namespace lindung::border {

// Shape: in the order of versions. The texts live as long as the program.
[[nodiscard]] std::span<const store::Migration> migrations();

}  // namespace lindung::border
