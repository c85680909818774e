// Who was near a confirmed case: at the same venue at overlapping times, within the infectious time and the days that
// are not forgotten. Its result stays inside the program: facts are written from it and figures are shown.
#pragma once

#include <cstdint>
#include <map>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/contact.h"
#include "service/asked.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

struct TraceFigures {
  std::uint64_t days{};          // of the infectious time, up to now
  std::uint64_t days_missing{};  // of these, whose visits are forgotten
  std::uint64_t venues{};        // where the case was
  std::uint64_t visits{};        // of others there, looked at
  std::uint64_t persons{};       // who were near
};

// Privacy: who met whom. Never shown, stored or logged.
struct Contacts {
  TraceFigures figures;
  std::map<CitizenRef, Moment> last_moments;  // of each person's contact
};

struct TracedCase {
  CitizenRef citizen;
  Moment at;  // of the specimen, or of the first symptoms
};

// Canaries and the dummy person are nobody's contacts. Errors: those of VisitIndexReader.
[[nodiscard]] Result<Contacts> find_contacts(store::Transaction& transaction, const Platform& platform,
                                             const Dummy& dummy, const domain::ContactPolicy& policy,
                                             const TracedCase& traced);

}  // namespace lindung::service
