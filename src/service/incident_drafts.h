// The draft of a report about an incident, made from what the incident says and what the log says, and the same draft
// as the three files that are sent: JSON, text, PDF.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

struct DraftFiles {
  std::string json;
  std::string text;
  Bytes pdf;
};

// As the incident stands in this unit. Errors: not_found; corrupt.
[[nodiscard]] Result<domain::DraftFacts> read_draft_facts(store::Transaction& transaction, const Platform& platform,
                                                          const domain::IncidentId& id);
// Errors: io where the page cannot be drawn.
[[nodiscard]] Result<DraftFiles> render_draft(const domain::Draft& draft, const domain::DraftFacts& facts);

[[nodiscard]] Result<DraftFiles> draft_incident(const Platform& platform, const domain::IncidentId& id,
                                                domain::DraftForm form);

}  // namespace lindung::service
