// POST /v1/report: a sealed report of a suspected case, a sealed answer. POST /v1/report/fhir: the same as FHIR R4.
// GET /v1/surveillance/figures and series: what was published of them, a day and the totals of all days.
#pragma once

#include <vector>

#include "api/borrow.h"
#include "gateway/report_door.h"
#include "gateway/verify_door.h"
#include "http/router.h"
#include "service/platform.h"

namespace lindung::api {

// What the routes work on; alive as long as `use` runs.
struct ReportGround {
  gateway::ReportDoor& door;
  gateway::VerifyDoor& fhir_door;
  const service::Platform& platform;
};
// Errors: sealed.
using ReportSource = Source<const ReportGround>;

[[nodiscard]] std::vector<http::Route> report_routes(const ReportSource& source);

}  // namespace lindung::api
