// How a partner's commands are told which gateway to ask and who asks: words on the command line, or a file of them.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace lindung::cli {

struct PartnerOptions {
  std::string file;  // TOML, instead of the others
  std::string url;
  std::string partner;
  std::string key_file;  // as `key make` writes it
  std::string key_id;
  std::uint64_t epoch{1};
  std::string directory_key;  // hex; empty: nothing vouches for the gateway's keys
  std::string ca_file;        // PEM; empty: the machine's own trust store
  std::string client_certificate;
  std::string client_key;
};

// --url and what belongs to it, and --config.
void add_gateway_options(CLI::App& command, PartnerOptions& options);

// Reads the file, if one is named. Its keys are the options' names with "_" for "-", and partner; paths are seen from
// the file's folder. Errors: invalid_argument, with the line; not_found, io.
[[nodiscard]] Result<void> complete_options(PartnerOptions& options);

}  // namespace lindung::cli
