// The rule sets of an installation. One is active; the timelines of the one before it and of one that is proposed are
// kept up to date beside its own, so that activating (rule_activation.h) and rolling back change one number under the
// head of the log (docs/adr/0008-generations.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/rule_set.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "service/rule_set_rows.h"  // IWYU pragma: export
#include "store/ring.h"

namespace lindung::service {

// The first rule set of an installation, active from its first moment. Logged.
[[nodiscard]] Result<void> install_rule_set(LoggedUnit& unit, const store::KeyRing& ring, const domain::RuleSet& rules,
                                            std::string_view document);

// Takes a file (domain/rule_document.h) in whose own cases all pass; the proposal before it, if any, is dropped.
// Logged. The same document again changes nothing. From here on imports write its timelines too; those of everybody
// else: derive_proposed().
// Errors: those of RuleDocument::read and RuleSet::parse; denied when officers are registered and none of them signed
// it, or a signature of one of them is wrong; invalid_argument when a case fails or its time is over; conflict when
// this id and version is, or was, another document, is in force, or is retired and not cleared yet, and while another
// set is announced.
[[nodiscard]] Result<RuleSetRow> propose_rule_set(const Platform& platform, std::string_view file);

// Newest generation first.
[[nodiscard]] Result<std::vector<RuleSetRow>> list_rule_sets(const Platform& platform);
[[nodiscard]] Result<domain::RuleSet> active_rule_set(const Platform& platform);
// Who signed the rule set that is active. Empty: nobody.
[[nodiscard]] Result<std::vector<std::string>> active_rule_set_signers(const Platform& platform);

}  // namespace lindung::service
