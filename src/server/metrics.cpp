#include "server/metrics.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/base_n.h"
#include "domain/alarm.h"
#include "domain/answer.h"
#include "domain/incident.h"
#include "http/server.h"
#include "server/core.h"
#include "server/witnesses.h"

namespace lindung::server {

namespace {

constexpr std::size_t shown_digits = 16;  // of an incident's id

class Page {
 public:
  void metric(std::string_view name, std::string_view type, std::string_view help) {
    text_ += "# HELP ";
    text_ += name;
    text_ += ' ';
    text_ += help;
    text_ += "\n# TYPE ";
    text_ += name;
    text_ += ' ';
    text_ += type;
    text_ += '\n';
  }
  void value(std::string_view name, std::uint64_t number) { value(name, "", number); }
  void value(std::string_view name, std::string_view labels, std::uint64_t number) {
    line(name, labels, std::to_string(number));
  }
  // A number that may be below 0.
  void line(std::string_view name, std::string_view labels, std::string_view number) {
    text_ += name;
    text_ += labels;
    text_ += ' ';
    text_ += number;
    text_ += '\n';
  }
  void single(std::string_view name, std::string_view type, std::string_view help, std::uint64_t number) {
    metric(name, type, help);
    value(name, number);
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

// Not here: drills.
void add_incidents(Page& page, const Core& core) {
  page.metric("lindung_alarms_total", "counter", "Alarms of the detectors, by kind");
  const auto raised = core.alarms().raised();
  for (std::size_t i = 1; i < raised.size(); ++i) {
    page.value("lindung_alarms_total",
               "{kind=\"" + std::string{domain::name_of(static_cast<domain::AlarmKind>(i))} + "\"}", raised.at(i));
  }
  page.single("lindung_alarms_waiting", "gauge", "Alarms that the database did not take yet", core.alarms().waiting());
  const auto running = core.alarms().running();
  page.single("lindung_incidents_running", "gauge", "Incidents that are not closed", running.size());
  page.metric("lindung_incident_seconds_left", "gauge", "Until a report is due; below 0: so long over");
  for (const auto& incident : running) {
    const auto reading = std::max(core.platform().clock.now(), incident.reading);
    const auto add = [&](domain::IncidentClock clock, bool is_met) {
      if (is_met) return;
      const auto face = domain::read_clock(clock, incident.aware_at, {}, reading);
      page.line("lindung_incident_seconds_left",
                "{incident=\"" + codec::hex(incident.id.bytes()).substr(0, shown_digits) + "\",clock=\"" +
                    std::string{domain::name_of(clock)} + "\"}",
                std::to_string(face.seconds_left));
    };
    add(domain::IncidentClock::authorities_24h, incident.is_first_met);
    add(domain::IncidentClock::persons_72h, incident.is_second_met);
  }
  page.single("lindung_incident_messages_delivered_total", "counter", "Reports that left",
              core.incident_outbox().delivered());
  page.single("lindung_incident_messages_failed_total", "counter",
              "Reports that their folder, hook or mail server did not take; they are tried again",
              core.incident_outbox().failed());
  page.single("lindung_incident_settings_differ", "gauge",
              "1: another node was started with other [incidents], and its recipients are in force",
              core.incident_settings_differ() ? 1 : 0);
}

// Nothing where no witness is configured.
void witness_metrics(Page& page, const std::vector<WitnessState>& states) {
  if (states.empty()) return;
  const auto label = [](const WitnessState& state) { return "{witness=\"" + state.name + "\"}"; };
  const auto kinds = [](const WitnessState& state, std::string_view kind) {
    return "{witness=\"" + state.name + "\",kind=\"" + std::string{kind} + "\"}";
  };
  page.metric("lindung_witness_cosignatures_total", "counter", "Cosignatures that a witness gave and that are right");
  for (const auto& each : states) page.value("lindung_witness_cosignatures_total", label(each), each.cosignatures);
  page.metric("lindung_witness_size", "gauge", "Entries under the newest checkpoint that a witness cosigned");
  for (const auto& each : states) page.value("lindung_witness_size", label(each), each.size);
  page.metric("lindung_witness_failures_total", "counter", "Tries without a cosignature, by kind");
  for (const auto& each : states) {
    for (std::size_t i = 0; i < witness_failures; ++i) {
      page.value("lindung_witness_failures_total", kinds(each, name_of(static_cast<WitnessFailure>(i))),
                 each.failed.at(i));
    }
  }
  page.metric("lindung_witness_alarms_total", "counter", "Refusals by a witness that knows another log than ours");
  for (const auto& each : states) {
    for (std::size_t i = 0; i < witness_alarms; ++i) {
      page.value("lindung_witness_alarms_total", kinds(each, name_of(static_cast<WitnessAlarm>(i))), each.alarms.at(i));
    }
  }
}

}  // namespace

std::string render_metrics(Core* core, const http::ServerCounters& http) {
  Page page;
  page.single("lindung_sealed", "gauge", "1 while the key ring is sealed", core == nullptr ? 1 : 0);
  page.single("lindung_http_connections_open", "gauge", "Open connections of the public listener", http.open);
  page.single("lindung_http_connections_total", "counter", "Connections accepted", http.accepted);
  page.single("lindung_http_connections_refused_total", "counter", "Connections closed over the limit", http.refused);
  page.single("lindung_http_requests_total", "counter", "Requests read", http.requests);
  page.single("lindung_http_timeouts_total", "counter", "Connections closed for being slow", http.timeouts);
  page.metric("lindung_http_responses_total", "counter", "Responses by class");
  page.value("lindung_http_responses_total", "{class=\"2xx\"}", http.responses_2xx);
  page.value("lindung_http_responses_total", "{class=\"4xx\"}", http.responses_4xx);
  page.value("lindung_http_responses_total", "{class=\"5xx\"}", http.responses_5xx);
  if (core == nullptr) return std::move(page).take();

  const auto exchange = core->exchange().counters();
  page.metric("lindung_answers_total", "counter", "Answers given, by outcome; repeated ones apart");
  for (std::size_t i = 0; i < exchange.answers.size(); ++i) {
    const auto label = "{outcome=\"" + std::string{domain::name_of(static_cast<domain::Outcome>(i))} + "\"}";
    page.value("lindung_answers_total", label, exchange.answers.at(i));
  }
  page.single("lindung_answers_repeated_total", "counter", "Recorded answers given again", exchange.repeated);
  page.single("lindung_questions_refused_total", "counter", "Admitted questions that got a problem", exchange.refused);
  page.single("lindung_exchange_batches_total", "counter", "Transactions of the exchange", exchange.batches);
  page.metric("lindung_canary_questions_total", "counter", "Questions about people who exist for one partner only");
  for (const auto& [partner, questions] : core->platform().canaries.questions()) {
    page.value("lindung_canary_questions_total", "{partner=\"" + partner.value() + "\"}", questions);
  }
  page.single("lindung_notices_delivered_total", "counter", "Notices to citizens put into the outbox",
              core->outbox().delivered());
  page.single("lindung_notices_failed_total", "counter", "Notices that the outbox did not take; they are tried again",
              core->outbox().failed());
  page.single("lindung_reports_escalated_total", "counter",
              "Reports of suspected cases that no office took before their deadline", core->reports_escalated());
  add_incidents(page, *core);
  const auto& verified = core->verified();
  page.metric("lindung_verifications_total", "counter", "Certificates judged for doors and officers, by verdict");
  page.value("lindung_verifications_total", "{verdict=\"valid\"}", verified.valid);
  page.value("lindung_verifications_total", "{verdict=\"invalid\"}", verified.invalid);
  page.value("lindung_verifications_total", "{verdict=\"unsupported\"}", verified.unsupported);
  page.single("lindung_verifications_refused_total", "counter", "Requests for one that were not admitted",
              verified.refused);
  const auto store = core->database().counters();
  page.single("lindung_store_commits_total", "counter", "Commits of the writer", store.commits);
  page.single("lindung_store_units_total", "counter", "Units of work committed", store.units);
  page.single("lindung_store_units_failed_total", "counter", "Units of work that failed", store.units_failed);
  page.single("lindung_store_queue_depth", "gauge", "Units of work that wait", store.queue_depth);
  page.single("lindung_store_connections_lost_total", "counter", "Connections to PostgreSQL that were lost",
              store.connections_lost);
  page.single("lindung_log_published_size", "gauge", "Entries under the newest checkpoint",
              core->publisher().published_size());
  witness_metrics(page, core->witnesses().states());
  page.single("lindung_decommission_reminders_due", "gauge", "Domains of closed systems that have to be renewed",
              core->ended().reminders_due());
  page.single("lindung_answering", "gauge", "1 while this node answers", core->gate().is_open() ? 1 : 0);
  page.single("lindung_sandbox", "gauge", "1 where nobody is real", core->is_sandbox() ? 1 : 0);
  return std::move(page).take();
}

}  // namespace lindung::server
