// Lists of trusted signers as folders of a trust folder: NAME/ with the published files as they came, and origin.json.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace lindung::cli {

struct ListFile {
  std::string name;
  Bytes content;
};

struct ListOrigin {
  std::string origin;  // where it was fetched: an address, or a path
  std::string issuer;  // of SMART Health Cards whose key set this is; empty: the content says
  Moment fetched_at;
  seconds fresh_for{};
};

// Puts the list in place of an earlier one of that name, whole or not at all.
// Errors: malformed unless every file is a list of signers; invalid_argument for a name of other letters; io.
[[nodiscard]] Result<boost::json::value> put_list(const std::string& folder, const std::string& name,
                                                  const ListOrigin& origin, std::vector<ListFile> files);

// One row a list: name, origin, fetched_at, fresh_until, stale, and what is in it. Errors: not_found.
[[nodiscard]] Result<boost::json::value> list_lists(const std::string& folder, Moment now);

// Fetches every list of one file again from its origin, http, https or a path; a list that does not come stays as it
// was. One row a list: name, and "refreshed" or why not. Errors: not_found.
[[nodiscard]] Result<boost::json::value> refresh_lists(const std::string& folder, Moment now);

}  // namespace lindung::cli
