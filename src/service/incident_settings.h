// What an operator says about incidents beforehand: who is asked about them, and whom reports go to. It comes from the
// configuration, and stands in the database from each start on: all nodes and commands go by one.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// Whom a report goes to, and within which clock. Shape: `name` is [a-z0-9-]{1,32}, once each; at most one of the ways.
struct IncidentRecipient {
  std::string name;
  domain::IncidentClock clock{};
  domain::DraftForm form{};
  std::string folder{};  // no way at all: the folder `name` in the incident outbox of the data folder
  std::string hook{};    // https://…
  std::string mail{};    // an address
  friend bool operator==(const IncidentRecipient&, const IncidentRecipient&) = default;
};

struct IncidentSettings {
  domain::Reporter reporter;
  std::vector<IncidentRecipient> recipients{
      {.name = "bssn", .clock = domain::IncidentClock::authorities_24h, .form = domain::DraftForm::bssn, .folder = {}},
      {.name = "sector",
       .clock = domain::IncidentClock::authorities_24h,
       .form = domain::DraftForm::bssn,
       .folder = {}},
      {.name = "authority",
       .clock = domain::IncidentClock::persons_72h,
       .form = domain::DraftForm::authority,
       .folder = {}}};
  friend bool operator==(const IncidentSettings& a, const IncidentSettings& b) {
    const auto texts = [](const domain::Reporter& r) { return std::tie(r.organisation, r.name, r.phone, r.email); };
    return texts(a.reporter) == texts(b.reporter) && a.recipients == b.recipients;
  }
};

// Errors: those of the database.
[[nodiscard]] Result<void> keep_incident_settings(store::Database& database, const store::KeyRing& ring,
                                                  const IncidentSettings& settings);
// The built-in ones where none were kept. Errors: sealed; corrupt.
[[nodiscard]] Result<IncidentSettings> read_incident_settings(store::Transaction& transaction,
                                                              const store::KeyRing& ring);
// Whether the database holds these: another node that was started later with others has put its own there.
[[nodiscard]] Result<bool> are_incident_settings_kept(store::Database& database, const store::KeyRing& ring,
                                                      const IncidentSettings& settings);

}  // namespace lindung::service
