// `lindung demo`: a whole installation with made-up people, ready in seconds, for a partner's first half hour and for
// tests. Nothing in it is secret: its ring opens by a passphrase that stands in this program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "server/listen.h"

namespace lindung::server {

struct DemoOptions {
  std::string data_folder;
  Listen listen{.address = "127.0.0.1", .port = 8080};
  std::uint64_t citizens{10'000};
  std::uint64_t seed{1};
  std::vector<std::string> bundles;  // FHIR files instead of made-up people
  std::optional<Moment> at;          // sets the clock
  std::string postgres;
  bool officers{};  // two of them, with log-ins; from then on commands are signed
};

// Serves until SIGTERM or SIGINT. Progress goes to standard error; "listening on URL" and a command to paste to
// standard output. An existing demo goes on with the same keys, tokens and people, also after a kill half-way.
[[nodiscard]] Result<void> run_demo(const DemoOptions& options);

// DIR-demo.json, beside the data folder.
[[nodiscard]] std::string demo_file_of(const std::string& data_folder);

}  // namespace lindung::server
