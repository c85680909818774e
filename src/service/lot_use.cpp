#include "service/lot_use.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "domain/record.h"
#include "store/database.h"

namespace lindung::service {

namespace {

// Null unless the record is the only one of a dose of a named lot.
const domain::Vaccination* counted(const domain::Record& record, std::span<const domain::Record> others) {
  const auto* dose = std::get_if<domain::Vaccination>(&record.fact);
  if (dose == nullptr || dose->lot.empty()) return nullptr;
  const auto is_same = [&](const domain::Record& other) { return other.fact == record.fact; };
  return std::ranges::any_of(others, is_same) ? nullptr : dose;
}

}  // namespace

Result<void> take_from_lot(store::Transaction& transaction, const domain::Record& record,
                           std::span<const domain::Record> others) {
  const auto* dose = counted(record, others);
  if (dose == nullptr) return ok();
  TRYV(transaction.run(store::Sql{"UPDATE lot SET used = used + 1 WHERE vaccine = $1 AND lot = $2"},
                       {std::string_view{dose->vaccine}, std::string_view{dose->lot}}));
  return ok();
}

Result<void> give_back_to_lot(store::Transaction& transaction, const domain::Record& record,
                              std::span<const domain::Record> others) {
  const auto* dose = counted(record, others);
  if (dose == nullptr) return ok();
  TRYV(transaction.run(store::Sql{"UPDATE lot SET used = used - 1 WHERE vaccine = $1 AND lot = $2 AND used > 0"},
                       {std::string_view{dose->vaccine}, std::string_view{dose->lot}}));
  return ok();
}

}  // namespace lindung::service
