// The decommission ledger: every store, service, key, certificate, domain and backup that the operator keeps or kept,
// with its owner, purpose, retention and successor; and how far the closing of a system has come.
//
// Invariants
// 1. The steps of a closing are recorded in their order, each once: the first record of a step stands.
// 2. Nothing is added to a system whose closing has begun: its certificate says all that there was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/ledger.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

struct KeptEntry {
  domain::LedgerEntry entry;
  Moment added_at;
  std::optional<Moment> due_at;  // when somebody has to do something about it
};

// The same entry again changes nothing. Errors: invalid_argument; not_found for a system that is no service of the
// ledger; conflict for another entry under a used name, or for a system whose closing has begun.
[[nodiscard]] Result<void> add_ledger_entry(const Platform& platform, const domain::LedgerEntry& entry);
// By name. Errors: corrupt for a row that is not what was written.
[[nodiscard]] Result<std::vector<KeptEntry>> list_ledger(const Platform& platform);

struct EndingSystem {
  KeptEntry service;
  std::vector<KeptEntry> parts;  // by name
  std::vector<domain::StepRecord> steps;
};
// Errors: not_found unless it is a service of the ledger.
[[nodiscard]] Result<EndingSystem> find_system(const Platform& platform, std::string_view name);
[[nodiscard]] Result<EndingSystem> read_system(store::Transaction& transaction, const Platform& platform,
                                               std::string_view name);
// Those whose listeners were closed, by name: what stands for them now answers 410.
[[nodiscard]] Result<std::vector<EndingSystem>> list_ended(const Platform& platform);

// Records what was found; a step that was recorded before keeps its record, which is given back. With the last step
// the reminders of its domains begin.
// Errors: not_found; invalid_argument for findings of another shape; conflict while the step before it is missing.
[[nodiscard]] Result<domain::StepRecord> record_step(const Platform& platform, std::string_view system,
                                                     domain::ClosingStep step, const domain::Findings& findings);

// What is due now, the longest due first.
[[nodiscard]] Result<std::vector<KeptEntry>> due_reminders(const Platform& platform);
// A domain was registered anew until this day: it is due again before that. Errors: not_found; conflict when it is no
// domain, or no closed system's; invalid_argument for a day that is over.
[[nodiscard]] Result<KeptEntry> renew_domain(const Platform& platform, std::string_view name, Moment until);

}  // namespace lindung::service
