// The stored form of rows that do not count: place and reason, and nothing of what the row said.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/cbor.h"
#include "domain/import.h"
#include "domain/import_reason.h"

namespace lindung::service {

using RowList = std::vector<domain::Rejected>;

// Reasons are written by their names, once for all lists: their numbers are this program's own.
void write_reasons(codec::CborWriter& out, const std::vector<std::string_view>& names);
// The names that these lists need, each once.
[[nodiscard]] std::vector<std::string_view> names_in(const RowList& rows, const RowList& more = {});
void write_rows(codec::CborWriter& out, const RowList& rows, const std::vector<std::string_view>& names);

// Errors: corrupt for a reason that this program does not know, or a list longer than `most`.
[[nodiscard]] Result<std::vector<domain::Reason>> read_reasons(codec::CborReader& in);
[[nodiscard]] Result<RowList> read_rows(codec::CborReader& in, const std::vector<domain::Reason>& reasons,
                                        std::size_t most);

}  // namespace lindung::service
