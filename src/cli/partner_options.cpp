#include "cli/partner_options.h"

#include <toml++/toml.h>

#include <CLI/App.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

constexpr std::size_t file_limit = 64UL * 1024;

struct Key {
  std::string_view name;
  std::string PartnerOptions::* place;
  bool is_path;
};
constexpr std::array<Key, 8> keys{{{"url", &PartnerOptions::url, false},
                                   {"partner", &PartnerOptions::partner, false},
                                   {"key", &PartnerOptions::key_file, true},
                                   {"key_id", &PartnerOptions::key_id, false},
                                   {"directory_key", &PartnerOptions::directory_key, false},
                                   {"ca", &PartnerOptions::ca_file, true},
                                   {"client_certificate", &PartnerOptions::client_certificate, true},
                                   {"client_key", &PartnerOptions::client_key, true}}};

auto wrong(const PartnerOptions& options, const toml::node& node, const std::string& what) {
  return fail(Errc::invalid_argument,
              options.file + ": line " + std::to_string(node.source().begin.line) + ": " + what);
}

Result<void> take(PartnerOptions& options, std::string_view name, const toml::node& node) {
  if (name == "epoch") {
    const auto value = node.value<std::int64_t>();
    if (!node.is_integer() || !value || *value < 1) return wrong(options, node, "epoch: a whole number is needed");
    options.epoch = static_cast<std::uint64_t>(*value);
    return ok();
  }
  for (const auto& key : keys) {
    if (key.name != name) continue;
    auto value = node.value<std::string>();
    if (!node.is_string() || !value || value->empty()) {
      return wrong(options, node, std::string{name} + ": a text is needed");
    }
    if (key.is_path) *value = (std::filesystem::path{options.file}.parent_path() / *value).string();
    options.*key.place = *std::move(value);
    return ok();
  }
  return wrong(options, node, std::string{name} + " is not known");
}

}  // namespace

void add_gateway_options(CLI::App& command, PartnerOptions& options) {
  auto* url =
      command.add_option("--url", options.url, "of the gateway, instead of the demo's: https://gateway.example");
  const auto with_url = [&](const char* name, std::string& value, const char* description) {
    return command.add_option(name, value, description)->needs(url);
  };
  auto* key = with_url("--key", options.key_file, "file of the signing key, as `key make` writes it");
  auto* key_id = with_url("--key-id", options.key_id, "under which it was registered");
  url->needs(key)->needs(key_id);
  command.add_option("--epoch", options.epoch, "of the partner, as `partner list` shows it")
      ->capture_default_str()
      ->needs(url);
  with_url("--directory-key", options.directory_key,
           "pinned key that signs the gateway's keys, hex (`lindung status`)");
  with_url("--ca", options.ca_file, "PEM file of who signs the gateway's certificate; else the machine's own trust");
  auto* certificate = with_url("--client-certificate", options.client_certificate, "PEM file, where one is asked for");
  auto* client_key = with_url("--client-key", options.client_key, "PEM file of its private key");
  certificate->needs(client_key);
  client_key->needs(certificate);
  command.add_option("--config", options.file, "TOML file with url, partner, key, key_id, directory_key …")
      ->excludes(url);
}

Result<void> complete_options(PartnerOptions& options) {
  if (options.file.empty()) return ok();
  TRY(content, store::read_file(options.file, file_limit));
  toml::table table;
  try {
    table = toml::parse(as_text(content));
  } catch (const toml::parse_error& error) {
    return fail(Errc::invalid_argument, options.file + ": line " + std::to_string(error.source().begin.line) + ": " +
                                            std::string{error.description()});
  }
  for (const auto& [name, node] : table) {
    TRYV(take(options, name.str(), node));
  }
  for (const char* needed : {"url", "partner", "key", "key_id"}) {
    if (!table.contains(needed)) return fail(Errc::invalid_argument, options.file + ": " + needed + " is missing");
  }
  return ok();
}

}  // namespace lindung::cli
