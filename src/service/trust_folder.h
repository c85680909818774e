// A folder of trusted signers: lists as they are published, each in a folder of its own with origin.json, or simply
// files of certificates, keys and documents.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cert/trust_store.h"

namespace lindung::service {

inline constexpr const char* origin_file = "origin.json";

struct TrustFolder {
  cert::TrustStore store;
  std::size_t files{};
  std::size_t files_passed_over{};    // that hold no list of signers
  std::size_t entries_passed_over{};  // that cannot be used
};

// Reads all files below the folder but hidden ones, which are lists on their way in or out. origin.json, {"origin",
// "fetched_at", "fresh_for_s"?}, tells of those beside it and below it. Errors: not_found; malformed for an origin.json
// that cannot be read.
[[nodiscard]] Result<TrustFolder> read_trust_folder(const std::string& path);

}  // namespace lindung::service
