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

Result<void> Parts::person(std::size_t person, Place place) {
  of(person).rows.push_back(std::move(place));
  return counted(&Balance::accepted);
}

Result<void> Parts::nothing() { return counted(&Balance::accepted); }

Result<void> Parts::record(std::size_t person, Record record, Place place) {
  auto& all = of(person);
  all.records.push_back(std::move(record));
  all.places.push_back(std::move(place));
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

PersonRecords& Parts::of(std::size_t person) {
  const auto [known, is_new] = in_part_.try_emplace(person, part_.people.size());
  if (is_new) part_.people.push_back({.person = people_.at(person), .rows = {}, .records = {}, .places = {}});
  return part_.people[known->second];
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
