#include "server/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/server.h"
#include "server/listen.h"
#include "server/node.h"

namespace lindung::server {

namespace {

// Takes a value of the file into the configuration; returns what is wrong with it, empty if nothing.
using Take = std::function<std::string(const toml::node&)>;

Take text_into(std::string& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) return "a text is needed";
    out = *value;
    return {};
  };
}

Take path_into(std::string& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    if (!value || !value->starts_with('/')) return "a whole path, from / on, is needed";
    out = *value;
    return {};
  };
}

Take flag_into(bool& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<bool>();
    if (!value) return "true or false is needed";
    out = *value;
    return {};
  };
}

template <class T>
Take number_into(T& out, std::int64_t least, std::int64_t most) {
  return [&out, least, most](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
      return "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is needed";
    }
    out = T(*value);
    return {};
  };
}

Take word_into(std::string& out, std::vector<std::string> words) {
  return [&out, words = std::move(words)](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    if (value && std::ranges::find(words, *value) != words.end()) {
      out = *value;
      return {};
    }
    std::string needed = "one of";
    for (const auto& word : words) needed += " " + word;
    return needed + " is needed";
  };
}

Take listen_into(Listen& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    const auto parsed = parse_listen(value.value_or(""));
    if (parsed.has_error()) return parsed.error().detail;
    out = parsed.value();
    return {};
  };
}

Take names_into(std::vector<std::string>& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto* array = node.as_array();
    out.clear();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      const auto name = (*array)[i].value_exact<std::string>();
      const bool is_good =
          name && !name->empty() && std::ranges::none_of(*name, [](char c) { return c >= 'A' && c <= 'Z'; });
      if (!is_good) return "a list of lower-case names, with port where it is not the scheme's own, is needed";
      out.push_back(*name);
    }
    return array == nullptr || out.empty() ? "a list of names is needed" : "";
  };
}

std::string line_of(const toml::node& node) { return "line " + std::to_string(node.source().begin.line) + ": "; }

}  // namespace

std::variant<Config, ConfigProblems> parse_config(std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return ConfigProblems{"line " + std::to_string(error.source().begin.line) + ": " +
                          std::string{error.description()}};
  }
  constexpr std::int64_t hour_ms = 3'600'000;
  Config config;
  auto& node = config.node;
  node.require_synchronised_clock = true;
  auto& limits = node.limits;
  http::TlsFiles tls;
  std::string scheme{"http"};
  std::int64_t notice_hours = 0;
  std::map<std::string, std::map<std::string, Take>> known;
  known["server"] = {{"data", text_into(node.data_folder)},
                     {"listen", listen_into(node.listen)},
                     {"metrics_listen", listen_into(node.metrics)},
                     {"authorities", names_into(node.authorities)},
                     {"public_scheme", word_into(scheme, {"http", "https"})},
                     {"log_origin", text_into(node.log_origin)},
                     {"require_synchronised_clock", flag_into(node.require_synchronised_clock)},
                     {"sandbox", flag_into(node.sandbox)},
                     {"log_level", word_into(config.log_level, {"debug", "info", "warning", "error"})}};
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
                     {"write_timeout_ms", number_into(limits.write_timeout, 100, hour_ms)}};

  constexpr std::int64_t most_days = 366;
  constexpr std::int64_t most_hours = 24 * 30;
  std::chrono::days longest_override = std::chrono::duration_cast<std::chrono::days>(node.hands.longest_override);
  std::chrono::hours dispute_time = std::chrono::duration_cast<std::chrono::hours>(node.hands.dispute_time);
  known["hands"] = {{"longest_override_days", number_into(longest_override, 1, most_days)},
                    {"dispute_hours", number_into(dispute_time, 1, most_hours)}};

  ConfigProblems problems;
  for (const auto& [section_key, section] : table) {
    const std::string section_name{section_key.str()};
    const auto keys = known.find(section_name);
    if (keys == known.end() || !section.is_table()) {
      problems.push_back(line_of(section) + section_name + ": there is no such section");
      continue;
    }
    for (const auto& [key, value] : *section.as_table()) {
      const std::string name{key.str()};
      const auto take = keys->second.find(name);
      const auto problem = take == keys->second.end() ? "there is no such key" : take->second(value);
      if (!problem.empty()) problems.push_back(line_of(value) + section_name + "." + name + ": " + problem);
    }
  }
  if (node.data_folder.empty()) problems.emplace_back("server.data: the data folder is needed");
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
  if (!problems.empty()) return problems;
  if (has_tls) node.tls = tls;
  node.hands = {.longest_override = longest_override, .dispute_time = dispute_time};
  node.rules.notice = std::chrono::hours{notice_hours};
  node.https = scheme == "https" || has_tls;
  return config;
}

}  // namespace lindung::server
