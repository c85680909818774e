// The rows of an import: each line of NDJSON and each entry of a Bundle is one row, found without reading it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/fhir.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {

enum class BundleType : std::uint8_t { unknown, deletes_nothing, transaction, history };

// A Bundle while its entries are walked.
struct BundleScope {
  std::uint64_t number{};  // counted through the import
  BundleType type{BundleType::unknown};
  std::string pointer;  // of the Bundle in its line
};

// Views of the file and of the walker: valid while the row is shown.
struct Row {
  std::size_t file{};
  std::size_t line{};
  std::string pointer{};          // "/entry/3/resource"; "" outside a Bundle and a list
  std::string_view resource{};    // its text; empty if there is none
  std::string full_url{};         // of the entry
  std::string method{};           // of the entry's request
  std::string url{};              // of the entry's request
  const BundleScope* bundle{};    // null outside a Bundle
  std::optional<Reason> fault{};  // the row cannot be read at all
};

// Shows every row of every file, in order; each time it is called the same ones.
// 1. A file that is one JSON value is one row, or the rows of its Bundle, or those of its list. 2. Otherwise it is
// NDJSON if any line by itself is an object with a resourceType: then each line that is not blank is such a value. 3.
// Otherwise it is objects and lists, each on lines of its own; from anything else on, the rest is one damaged row. A
// file without anything but space has no rows; a byte order mark is passed over.
void each_row(std::span<const File> files, const Limits& limits, const std::function<void(const Row&)>& show);

}  // namespace lindung::domain::fhir
