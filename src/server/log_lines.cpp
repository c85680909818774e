#include "server/log_lines.h"

#include <spdlog/common.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "server/witnesses.h"

namespace lindung::server {

void start_log_lines(std::string_view level) {
  auto logger = spdlog::get("lindung");
  if (!logger) logger = spdlog::stderr_logger_mt("lindung");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(std::string{level}));
  spdlog::set_default_logger(logger);
}

void log_started(std::string_view address, std::string_view version) {
  spdlog::info("event=started address={} version={}", address, version);
}
void log_stopping() { spdlog::info("event=stopping"); }
void log_sealed() { spdlog::warn("event=sealed"); }
void log_unsealed() { spdlog::info("event=unsealed"); }
void log_gate(std::string_view guard, std::string_view reason, bool answering) {
  if (reason.empty()) {
    spdlog::info("event=gate-opened guard={} answering={}", guard, answering);
  } else {
    spdlog::error("event=gate-closed guard={} answering={} reason=\"{}\"", guard, answering, reason);
  }
}

void log_canary_asked(const PartnerId& partner) { spdlog::error("event=canary-asked partner={}", partner.value()); }
void log_rules_switched(std::string_view rules) { spdlog::info("event=rules-switched rules={}", rules); }
void log_witness_failed(std::string_view witness, WitnessFailure failure) {
  spdlog::warn("event=witness-failed witness={} kind={}", witness, name_of(failure));
}
void log_witness_back(std::string_view witness) { spdlog::info("event=witness-back witness={}", witness); }
void log_witness_alarm(std::string_view witness, WitnessAlarm alarm) {
  spdlog::error("event=witness-alarm witness={} kind={}", witness, name_of(alarm));
}
void log_incident_settings(bool are_ours) {
  if (are_ours) {
    spdlog::info("event=incident-settings-agree");
  } else {
    spdlog::warn("event=incident-settings-differ reason=\"another node was started with other [incidents]\"");
  }
}
void log_reports_escalated(std::uint64_t reports) { spdlog::warn("event=reports-escalated reports={}", reports); }
void log_chore_failed(std::string_view chore, const Error& error) {
  spdlog::error("event=chore-failed chore={} error=\"{}\"", chore, error.text());
}

}  // namespace lindung::server
