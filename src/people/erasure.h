// Erasing a citizen (UU PDP 27/2022, articles 8, 43 and 44): the key under which their rows lie goes, and with it what
// it sealed; tokens, links, indexes and rows go with the same commit. What must stay for others' sake (the log, an
// import's balance) holds nothing that leads to a person. docs/rights.md says what goes when.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::people {

inline constexpr std::string_view erased_action = "citizen.erased";  // of the log's entry

struct Erased {
  Moment at;
  std::uint64_t log_index{};
  ByteArray<32> opening{};      // random; the entry holds erasure_commitment() of it
  Day backups_unreadable_from;  // no copy of the database opens anything of them from this day on
  Day visits_unreadable_from;   // if retention runs as it is meant to: the last of their days is forgotten
};

// SHA-256("lindung erased v1" | 0x00 | opening): who holds the opening proves that this entry is theirs; the entry
// alone tells nothing.
[[nodiscard]] Hash erasure_commitment(const ByteArray<32>& opening) noexcept;

// Takes effect with its commit, everywhere: the next question is `unlinked`, the next cookie is nobody's. `also` is
// called first in the unit, for what other parts keep: the account. Errors: not_found, also for who was erased before;
// those of ring and database.
using AlsoErase = std::function<Result<void>(store::Transaction&)>;
[[nodiscard]] Result<Erased> erase_citizen(const service::Platform& platform, const CitizenRef& citizen,
                                           const AlsoErase& also = {});

}  // namespace lindung::people
