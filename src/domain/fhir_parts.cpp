#include "domain/fhir_parts.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

Result<void> Parts::person(std::size_t place) {
  (void)records_of(place);  // stands in the part, with or without records
  return counted(&Balance::accepted);
}

Result<void> Parts::record(std::size_t place, Record record) {
  records_of(place).push_back(std::move(record));
  return counted(&Balance::accepted);
}

Result<void> Parts::rejected(Place place, Reason reason) {
  part_.rejected.push_back({.place = std::move(place), .reason = reason});
  return counted(&Balance::rejected);
}

Result<void> Parts::quarantined(Quarantined held) {
  part_.quarantined.push_back(std::move(held));
  return counted(&Balance::quarantined);
}

Result<Balance> Parts::finish() {
  if (part_.balance.rows_in > 0) {
    TRYV(give());
  }
  return total_;
}

std::vector<Record>& Parts::records_of(std::size_t place) {
  const auto [known, is_new] = in_part_.try_emplace(place, part_.people.size());
  if (is_new) part_.people.push_back({.person = people_.at(place), .records = {}});
  return part_.people[known->second].records;
}

Result<void> Parts::counted(std::uint64_t Balance::* outcome) {
  ++part_.balance.rows_in;
  ++(part_.balance.*outcome);
  if (part_.balance.rows_in >= rows_) return give();
  return ok();
}

Result<void> Parts::give() {
  total_ += part_.balance;
  in_part_.clear();
  return take_(std::exchange(part_, ReadBatch{}));
}

}  // namespace lindung::domain::fhir
