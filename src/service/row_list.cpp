#include "service/row_list.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/cbor.h"
#include "domain/import.h"
#include "domain/import_reason.h"

namespace lindung::service {

namespace {

constexpr std::size_t fields_a_row = 4;

}  // namespace

std::vector<std::string_view> names_in(const RowList& rows, const RowList& more) {
  std::vector<std::string_view> names;
  for (const auto* list : {&rows, &more}) {
    for (const auto& row : *list) {
      const auto name = domain::name_of(row.reason);
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

void write_reasons(codec::CborWriter& out, const std::vector<std::string_view>& names) {
  out.array(names.size());
  for (const auto name : names) out.text(name);
}

void write_rows(codec::CborWriter& out, const RowList& rows, const std::vector<std::string_view>& names) {
  out.array(rows.size() * fields_a_row);
  for (const auto& row : rows) {
    const auto name = std::ranges::find(names, domain::name_of(row.reason));
    out.uint(row.place.file)
        .uint(row.place.line)
        .text(row.place.pointer)
        .uint(static_cast<std::uint64_t>(name - names.begin()));
  }
}

Result<std::vector<domain::Reason>> read_reasons(codec::CborReader& in) {
  TRY(count, in.array());
  if (count > domain::reason_names.size()) return fail(Errc::corrupt, "rows: reasons");
  std::vector<domain::Reason> reasons;
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(name, in.text());
    const auto* const known = std::ranges::find(domain::reason_names, name);
    if (known == domain::reason_names.end()) return fail(Errc::corrupt, "rows: a reason of another program");
    reasons.push_back(static_cast<domain::Reason>(known - domain::reason_names.begin()));
  }
  return reasons;
}

Result<RowList> read_rows(codec::CborReader& in, const std::vector<domain::Reason>& reasons, std::size_t most) {
  TRY(items, in.array());
  if (items % fields_a_row != 0 || items > most * fields_a_row) return fail(Errc::corrupt, "rows: length");
  RowList rows;
  rows.reserve(items / fields_a_row);
  for (std::uint64_t i = 0; i < items; i += fields_a_row) {
    TRY(file, in.uint());
    TRY(line, in.uint());
    TRY(pointer, in.text());
    TRY(reason, in.uint());
    if (reason >= reasons.size()) return fail(Errc::corrupt, "rows: reason");
    rows.push_back({.place = {.file = file, .line = line, .pointer = std::string{pointer}}, .reason = reasons[reason]});
  }
  return rows;
}

}  // namespace lindung::service
