#include "server/config_lists.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "http/client.h"
#include "http/hook.h"
#include "http/mail.h"
#include "log/cosignature.h"
#include "server/config.h"
#include "server/config_values.h"
#include "server/witnesses.h"
#include "service/incident_settings.h"

namespace lindung::server {

namespace {

constexpr std::size_t longest_name = 32;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// One of [[incidents.recipients]]; what is wrong with it, empty if nothing.
std::string recipient_of(const toml::node& node, service::IncidentRecipient& out) {
  const auto* table = node.as_table();
  if (table == nullptr) return "[[incidents.recipients]] is needed";
  for (const auto& [key, value] : *table) {
    const auto text = value.value_exact<std::string>();
    if (key.str() == "name" && text && is_name(*text)) {
      out.name = *text;
    } else if (key.str() == "clock" && text && (*text == "24h" || *text == "72h")) {
      out.clock = *text == "24h" ? domain::IncidentClock::authorities_24h : domain::IncidentClock::persons_72h;
    } else if (key.str() == "form" && text && (*text == "bssn" || *text == "authority")) {
      out.form = *text == "bssn" ? domain::DraftForm::bssn : domain::DraftForm::authority;
    } else if (key.str() == "folder" && text && text->starts_with('/')) {
      out.folder = *text;
    } else if (key.str() == "hook" && text && http::is_hook_url(*text)) {
      out.hook = *text;
    } else if (key.str() == "mail" && text && http::is_mail_address(*text)) {
      out.mail = *text;
    } else {
      return std::string{key.str()} +
             ": name ([a-z0-9-]), clock (24h or 72h), form (bssn or authority) and folder (a whole path), hook "
             "(https://…) or mail (an address) are needed";
    }
  }
  if (int{!out.folder.empty()} + int{!out.hook.empty()} + int{!out.mail.empty()} > 1) {
    return "folder, hook and mail: one of them";
  }
  if (out.name.empty() || out.clock == domain::IncidentClock{} || out.form == domain::DraftForm{}) {
    return "name, clock and form are needed";
  }
  return {};
}

std::string take_witness(const toml::table& table, std::vector<WitnessOptions>& out) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : table) {
    const std::string name{key.str()};
    if (name != "name" && name != "url" && name != "verifier_key" && name != "ca")
      return name + ": there is no such key";
    const auto text = value.value_exact<std::string>();
    if (!text || text->empty()) return name + ": a text is needed";
    texts[name] = *text;
  }
  auto key = log::WitnessKey::parse(texts["verifier_key"]);
  if (key.has_error()) return "verifier_key: " + (texts["verifier_key"].empty() ? "is needed" : key.error().detail);
  // It stands in log lines and in labels of metrics.
  const auto& name = key.value().name();
  if (std::ranges::any_of(name, [](char c) { return c < '!' || c > '~' || c == '"' || c == '\\'; })) {
    return "verifier_key: its name has other than plain characters";
  }
  if (!texts["name"].empty() && texts["name"] != name) return "name: the verifier key has another one";
  if (std::ranges::any_of(
          out, [&](const auto& other) { return other.key.key() == key.value().key() || other.key.name() == name; })) {
    return "verifier_key: this witness stands here twice";
  }
  auto url = texts["url"];
  std::string prefix;
  const auto host = url.find("://");
  const auto slash = host == std::string::npos ? host : url.find('/', host + 3);
  if (slash != std::string::npos) {
    prefix = url.substr(slash);
    url.resize(slash);
    while (prefix.ends_with('/')) prefix.pop_back();
    if (prefix.find_first_of(" ?#") != std::string::npos) return "url: a URL without query is needed";
  }
  auto parsed = http::parse_url(url);
  if (parsed.has_error()) return "url: " + parsed.error().detail;
  out.push_back({.key = std::move(key).value(),
                 .url = std::move(parsed).value(),
                 .prefix = std::move(prefix),
                 .ca_file = texts["ca"]});
  return {};
}

}  // namespace

void take_witnesses(const toml::node& section, std::vector<WitnessOptions>& out, ConfigProblems& problems) {
  const auto* list = section.as_array();
  if (list == nullptr || !list->is_array_of_tables()) {
    problems.push_back(line_of(section) + "witnesses: [[witnesses]] is needed, once for each");
    return;
  }
  for (const auto& each : *list) {
    const auto problem = take_witness(*each.as_table(), out);
    if (!problem.empty()) problems.push_back(line_of(each) + "witnesses." + problem);
  }
}

Take recipients_into(std::vector<service::IncidentRecipient>& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto* array = node.as_array();
    if (array == nullptr || array->empty()) return "[[incidents.recipients]] is needed";
    out.clear();
    for (const auto& each : *array) {
      service::IncidentRecipient recipient;
      const auto problem = recipient_of(each, recipient);
      if (!problem.empty()) return problem;
      if (std::ranges::find(out, recipient.name, &service::IncidentRecipient::name) != out.end()) {
        return recipient.name + " is named twice";
      }
      out.push_back(std::move(recipient));
    }
    return {};
  };
}

Take mail_server_into(std::string& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto text = node.value_exact<std::string>();
    if (!text || !http::is_mail_url(*text)) return "smtps://HOST or smtp://HOST:PORT is needed";
    out = *text;
    return {};
  };
}

Take mail_address_into(std::string& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto text = node.value_exact<std::string>();
    if (!text || !http::is_mail_address(*text)) return "an address of a mailbox is needed";
    out = *text;
    return {};
  };
}

}  // namespace lindung::server
