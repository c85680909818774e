// Cases to be traced: queued when a citizen is confirmed, or by two officers under a case number, and worked off in the
// background. What is shown of one is its id, its state and coarse figures (docs/adr/0009-contacts.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/record.h"
#include "service/contact_facts.h"
#include "service/platform.h"
#include "service/visit_index.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// The numbers stand in the database.
enum class TraceState : std::uint8_t {
  queued = 1,
  running = 2,  // in the log; its facts are being written
  done = 3,
  withdrawn = 4,  // the record that confirmed the case, or the citizen, is gone
  ending = 5,     // the record was taken back behind the trace; its facts are being taken back
};
enum class TraceCause : std::uint8_t { confirmed = 1, case_number = 2 };
[[nodiscard]] std::string_view name_of(TraceState state) noexcept;
[[nodiscard]] std::string_view name_of(TraceCause cause) noexcept;

// In the unit that writes the record: a positive NAAT (domain::confirms_case) of a citizen queues a trace, once. One
// whose infectious time is forgotten as a whole, or that lies in the future, queues none.
// Errors: sealed; those of the database.
[[nodiscard]] Result<void> queue_trace(store::Transaction& transaction, const store::KeyRing& ring,
                                       const CitizenRef& citizen, Moment specimen, const domain::RecordId& source,
                                       Moment now);

// The same for who has just written a record: nothing happens unless it confirms a case.
[[nodiscard]] Result<void> queue_if_confirmed(store::Transaction& transaction, const store::KeyRing& ring,
                                              const CitizenRef& citizen, const domain::Record& record, Moment now);

// In the unit that takes the record back: what its trace wrote is taken back too, as far as the visits that led there
// are not forgotten. Nothing happens unless the record confirmed a case that was traced.
[[nodiscard]] Result<void> withdraw_if_confirmed(store::Transaction& transaction, const store::KeyRing& ring,
                                                 const CitizenRef& citizen, const domain::Record& record, Moment now);

struct TraceOrder {
  CitizenRef citizen;
  Moment at;
  std::string case_number;  // 1 to 64 printable ASCII characters; kept sealed
  Hash command{};           // digest of the officers' command
};
// The same order again gives the same id and is not traced again. Errors: not_found for an unknown citizen;
// invalid_argument for a case number of another shape, a moment in the future or one whose time is forgotten.
[[nodiscard]] Result<TraceId> start_trace(const Platform& platform, const TraceOrder& order);

// Figures as they are shown and kept: 0 stands for fewer than 5, and others are rounded down to a multiple of 5, so
// that nobody learns of one person more or less. Days are exact: they say nothing of a person.
struct ShownFigures {
  std::uint64_t days{};
  std::uint64_t days_missing{};
  std::uint64_t venues{};
  std::uint64_t visits{};
  std::uint64_t persons{};
  std::uint64_t facts{};
};
[[nodiscard]] std::uint64_t coarse(std::uint64_t count) noexcept;

struct TraceListing {
  TraceId id{};
  TraceCause cause{};
  TraceState state{};
  Moment queued_at;
  Moment changed_at;
  std::uint64_t log_index{};  // 0 while it is queued
  ShownFigures figures;       // when it is done
};
// Newest first.
[[nodiscard]] Result<std::vector<TraceListing>> list_traces(const Platform& platform);

// Works off what is queued, and tells whom it concerns (notices.h).
[[nodiscard]] Result<void> work_traces(const Platform& platform);
// Works off what is queued; builds the index first where it is behind, in which case some is left for the next call.
// Killed in between, the next call goes on. A case that fails keeps no other waiting.
[[nodiscard]] Result<void> work_traces(const Platform& platform, const TellContact& tell, const IndexShape& shape = {});

}  // namespace lindung::service
