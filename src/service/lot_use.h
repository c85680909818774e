// How many doses of a vaccine lot were given: a dose of one person counts once, whoever signs it in and how often.
#pragma once

#include <span>

#include "base/result.h"
#include "domain/record.h"
#include "store/database.h"

namespace lindung::service {

// A dose begins to count. `others`: what counts of the same person beside it. The lot may be overdrawn: whoever decides
// so knows it.
[[nodiscard]] Result<void> take_from_lot(store::Transaction& transaction, const domain::Record& record,
                                         std::span<const domain::Record> others);
// A dose counts no more. `others`: what still counts of the same person.
[[nodiscard]] Result<void> give_back_to_lot(store::Transaction& transaction, const domain::Record& record,
                                            std::span<const domain::Record> others);

}  // namespace lindung::service
