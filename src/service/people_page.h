// Many citizens read at once, in the order of their references: two scans a page instead of two look-ups a person. For
// work on everybody; nothing of it leaves the program.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "domain/hand.h"
#include "domain/record.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

struct PagedPerson {
  OpenPerson person;
  std::vector<domain::Record> records;  // that count
  std::vector<domain::Hand> hands;      // as timelines see them now
};

// The references of the next citizens behind `after`, at most `most`.
[[nodiscard]] Result<std::vector<CitizenRef>> next_citizens(store::Transaction& transaction,
                                                            const std::optional<CitizenRef>& after, std::size_t most);

// Everybody from `first` to `last`, both inclusive. Errors: sealed; corrupt.
[[nodiscard]] Result<std::vector<PagedPerson>> read_people(store::Transaction& transaction, const store::KeyRing& ring,
                                                           const CitizenRef& first, const CitizenRef& last);

}  // namespace lindung::service
