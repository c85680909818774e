// Everything that is kept about one citizen, for themselves (UU PDP 27/2022, articles 7 and 13): as JSON for another
// system, and as a document to read. The form of the JSON is in docs/rights.md.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::people {

// Of the portal's own pages. Oldest first. Errors: not_found.
[[nodiscard]] Result<boost::json::array> own_records(const service::Platform& platform, const CitizenRef& citizen);

// Logged, and the citizen gets a notice. People whom the citizen acts for are named and nothing more: theirs is theirs.
// Errors: not_found; unavailable; sealed; corrupt.
[[nodiscard]] Result<boost::json::object> export_citizen(const service::Platform& platform, const CitizenRef& citizen);

// The same as A4 pages. Errors: io where cairo fails.
[[nodiscard]] Result<Bytes> export_pdf(const boost::json::object& exported);

}  // namespace lindung::people
