#include "server/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "http/server.h"
#include "people/portal_terms.h"
#include "server/config_lists.h"
#include "server/config_values.h"

namespace lindung::server {

namespace {

constexpr std::string_view witnesses_section = "witnesses";

}  // namespace

std::variant<Config, ConfigProblems> parse_config(std::string_view text) {
  auto parsed = parse_toml(text);
  if (auto* problems = std::get_if<ConfigProblems>(&parsed)) return std::move(*problems);
  const auto& table = std::get<toml::table>(parsed);
  constexpr std::int64_t hour_ms = 3'600'000;
  Config config;
  auto& node = config.node;
  node.require_synchronised_clock = true;
  auto& limits = node.limits;
  http::TlsFiles tls;
  std::string scheme{"http"};
  std::int64_t notice_hours = 0;
  Sections known;
  known["server"] = {{"data", text_into(node.data_folder)},
                     {"listen", listen_into(node.listen)},
                     {"metrics_listen", listen_into(node.metrics)},
                     {"authorities", names_into(node.authorities)},
                     {"public_scheme", word_into(scheme, {"http", "https"})},
                     {"log_origin", text_into(node.log_origin)},
                     {"portal", flag_into(config.portal)},
                     {"require_synchronised_clock", flag_into(node.require_synchronised_clock)},
                     {"sandbox", flag_into(node.sandbox)},
                     {"log_level", word_into(config.log_level, {"debug", "info", "warning", "error"})}};
  known["portal"] = {{"origin", text_into(node.portal_origin)}};
  known["webhooks"] = {{"allow_private", flag_into(node.webhooks.allows_private)},
                       {"ca_file", text_into(node.webhooks.ca_file)}};
  auto& messages = node.messages;
  known["messages"] = {{"provider", word_into(messages.provider, {"folder", "smtp", "hook"})},
                       {"smtp_url", text_into(messages.smtp_url)},
                       {"smtp_from", text_into(messages.smtp_from)},
                       {"smtp_to", text_into(messages.smtp_to)},
                       {"smtp_user", text_into(messages.smtp_user)},
                       {"smtp_password_file", path_into(messages.smtp_password_file)},
                       {"hook_url", text_into(messages.hook_url)},
                       {"hook_secret_file", path_into(messages.hook_secret_file)},
                       {"ca", path_into(messages.ca_file)}};
  known["store"] = {{"postgres", text_into(node.postgres)}};
  known["tls"] = {{"certificate_chain", text_into(tls.certificate_chain)},
                  {"private_key", text_into(tls.private_key)},
                  {"client_ca", text_into(tls.client_ca)},
                  {"require_client_certificate", flag_into(tls.require_client_certificate)}};
  known["pki"] = {{"pkcs11_module", path_into(node.key_device.module)},
                  {"pkcs11_token", text_into(node.key_device.token)},
                  {"pkcs11_pin_file", path_into(node.key_device.pin_file)}};
  known["rules"] = {{"notice_hours", number_into(notice_hours, 0, 24 * 365)},
                    {"third_approval_percent", number_into(node.rules.third_approval_percent, 0, 100)}};
  known["limits"] = {{"io_threads", number_into(node.io_threads, 1, 256)},
                     {"worker_threads", number_into(limits.worker_threads, 1, 1024)},
                     {"max_connections", number_into(limits.max_connections, 1, 1'000'000)},
                     {"max_header_bytes", number_into(limits.max_header_bytes, 1024, 16'384)},
                     {"max_queued_work", number_into(limits.max_queued_work, 1, 1'000'000)},
                     {"header_timeout_ms", number_into(limits.header_timeout, 100, hour_ms)},
                     {"body_timeout_ms", number_into(limits.body_timeout, 100, hour_ms)},
                     {"idle_timeout_ms", number_into(limits.idle_timeout, 100, hour_ms)},
                     {"write_timeout_ms", number_into(limits.write_timeout, 100, hour_ms)},
                     {"witness_interval_ms", number_into(node.witnesses.interval, 100, hour_ms)},
                     {"witness_timeout_ms", number_into(node.witnesses.timeout, 100, hour_ms)}};

  constexpr std::int64_t most_days = 366;
  constexpr std::int64_t most_hours = 24 * 30;
  std::chrono::days longest_override = std::chrono::duration_cast<std::chrono::days>(node.hands.longest_override);
  std::chrono::hours dispute_time = std::chrono::duration_cast<std::chrono::hours>(node.hands.dispute_time);
  known["hands"] = {{"longest_override_days", number_into(longest_override, 1, most_days)},
                    {"dispute_hours", number_into(dispute_time, 1, most_hours)}};

  auto& reporter = node.incidents.reporter;
  known["incidents"] = {{"organisation", line_into(reporter.organisation)},
                        {"contact", line_into(reporter.name)},
                        {"phone", line_into(reporter.phone, true)},
                        {"email", line_into(reporter.email)},
                        {"mail_server", mail_server_into(node.incident_post.mail.url)},
                        {"mail_from", mail_address_into(node.incident_post.mail_from)},
                        {"mail_user", text_into(node.incident_post.mail.user)},
                        {"mail_password_file", path_into(node.incident_post.mail_password_file)},
                        {"mail_ca", path_into(node.incident_post.mail.ca_file)},
                        {"hook_ca", path_into(node.incident_post.hook_ca)},
                        {"recipients", recipients_into(node.incidents.recipients)}};
  auto& disclosure = node.disclosure;
  known["disclosure"] = {{"public_key", key_into(disclosure.team_key)},  {"url", text_into(disclosure.url)},
                         {"contact", text_into(disclosure.contact)},     {"policy", text_into(disclosure.policy)},
                         {"languages", text_into(disclosure.languages)}, {"chain", texts_into(disclosure.chain)}};

  ConfigProblems problems;
  for (const auto& [name, section] : table) {
    if (name.str() == witnesses_section) {
      take_witnesses(section, node.witnesses.witnesses, problems);
    } else {
      take_section(name.str(), section, known, problems);
    }
  }
  if (node.data_folder.empty()) problems.emplace_back("server.data: the data folder is needed");
  if (!node.portal_origin.empty()) {
    const auto terms = people::portal_terms(node.portal_origin);
    if (terms.has_error()) problems.push_back("portal.origin: " + terms.error().detail);
  }
  const bool has_tls = table.contains("tls");
  if (has_tls && (tls.certificate_chain.empty() || tls.private_key.empty())) {
    problems.emplace_back("tls: certificate_chain and private_key are needed together");
  }
  if (tls.require_client_certificate && tls.client_ca.empty()) {
    problems.emplace_back("tls.require_client_certificate: client_ca is needed with it");
  }
  const auto& device = node.key_device;
  const bool all_of_device = !device.module.empty() && !device.token.empty() && !device.pin_file.empty();
  if (table.contains("pki") && !all_of_device) {
    problems.emplace_back("pki: pkcs11_module, pkcs11_token and pkcs11_pin_file are needed together");
  }
  if (table.contains("disclosure") && (!disclosure.team_key || disclosure.url.empty())) {
    problems.emplace_back("disclosure: public_key and url are needed together");
  }
  const auto& post = node.incident_post;
  const bool is_mailed =
      std::ranges::any_of(node.incidents.recipients, [](const auto& each) { return !each.mail.empty(); });
  if (is_mailed && (post.mail.url.empty() || post.mail_from.empty())) {
    problems.emplace_back("incidents: mail_server and mail_from are needed for a recipient with mail");
  }
  if (post.mail.user.empty() != post.mail_password_file.empty()) {
    problems.emplace_back("incidents: mail_user and mail_password_file are needed together");
  }
  if (!problems.empty()) return problems;
  if (has_tls) node.tls = tls;
  node.hands = {.longest_override = longest_override, .dispute_time = dispute_time};
  node.rules.notice = std::chrono::hours{notice_hours};
  node.https = scheme == "https" || has_tls;
  return config;
}

}  // namespace lindung::server
