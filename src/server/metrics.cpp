#include "server/metrics.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "domain/answer.h"
#include "http/server.h"
#include "server/core.h"

namespace lindung::server {

namespace {

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
    text_ += name;
    text_ += labels;
    text_ += ' ';
    text_ += std::to_string(number);
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
  page.single("lindung_answering", "gauge", "1 while this node answers", core->gate().is_open() ? 1 : 0);
  page.single("lindung_sandbox", "gauge", "1 where nobody is real", core->is_sandbox() ? 1 : 0);
  return std::move(page).take();
}

}  // namespace lindung::server
