// The sealed part of a case's row: whom it is about while there is work to do, and nobody behind that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/record.h"
#include "service/contact_cases.h"
#include "service/contact_facts.h"
#include "store/ring.h"

namespace lindung::service {

// Privacy: who is infected.
struct TraceSubject {
  CitizenRef citizen;
  Moment at;
  std::optional<domain::RecordId> source{};  // that confirmed the case
};

struct TraceRow {
  TraceCause cause{};
  std::optional<TraceSubject> subject{};  // none once the case is over
  std::string case_number{};
  Hash command{};
  ShownFigures figures{};
};

// Errors: sealed.
[[nodiscard]] Result<Bytes> seal_trace(const store::KeyRing& ring, const TraceId& id, const TraceRow& row);
// Errors: sealed; corrupt.
[[nodiscard]] Result<TraceRow> open_trace(const store::KeyRing& ring, const TraceId& id, BytesView sealed);

}  // namespace lindung::service
