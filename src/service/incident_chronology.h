// What the public log says about a partner, an officer or an issuer in a time: the lines of a draft's chronology, each
// with its index. Not here: answers and links, which are too many to read.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/incident_draft.h"
#include "store/database.h"

namespace lindung::service {

inline constexpr std::size_t longest_chronology = 200;  // lines

struct Chronology {
  std::vector<domain::ChronologyLine> lines;  // in time; the newest ones, where there are more
  std::size_t left_out{};
};

// Entries from `from` on. Errors: corrupt; those of the database.
[[nodiscard]] Result<Chronology> read_chronology(store::Transaction& transaction, const domain::Subject& subject,
                                                 Moment from);

}  // namespace lindung::service
