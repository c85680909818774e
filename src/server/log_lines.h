// The program's log lines. Each event is a function with typed arguments: what has no function here cannot be logged,
// and none of them takes a person's data, a token or a key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "server/witnesses.h"

namespace lindung::server {

// To standard error, one line an event: time, level, event, fields as key=value.
void start_log_lines(std::string_view level);

void log_started(std::string_view address, std::string_view version);
void log_stopping();
void log_sealed();
void log_unsealed();
// The gate changed: `reason` says why a guard closed it (empty: it opened), `answering` whether the node answers now.
void log_gate(std::string_view guard, std::string_view reason, bool answering);
void log_canary_asked(const PartnerId& partner);
// Announced rules came into force: "id@version".
void log_rules_switched(std::string_view rules);
// A witness cannot be asked, or answers no cosignature that counts; it does again.
void log_witness_failed(std::string_view witness, WitnessFailure failure);
void log_witness_back(std::string_view witness);
// A witness knows another log than the one that we show.
void log_witness_alarm(std::string_view witness, WitnessAlarm alarm);
// The database holds other [incidents] than this node was started with; it has them again.
void log_incident_settings(bool are_ours);
// So many reports of suspected cases waited past their deadlines.
void log_reports_escalated(std::uint64_t reports);
void log_chore_failed(std::string_view chore, const Error& error);

}  // namespace lindung::server
