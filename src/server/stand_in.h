// A stand-in for the old e-HAC, so that its end can be rehearsed: a small server that asks nobody who they are, over
// travel cards of made-up people, sealed under a ring of its own, with a backup of its own. Nothing of it is ever read
// by an installation (docs/decommission.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/listen.h"
#include "service/platform.h"

namespace lindung::server {

inline constexpr std::string_view legacy_name = "ehac-legacy";

struct StandInOptions {
  std::string folder;
  Listen listen{.address = "127.0.0.1", .port = 0};  // of the service; its store listens on a free port beside it
  std::uint64_t cards{200};
};

// Makes what is not there yet (ring, database, cards, marks, backup, a key file), serves until SIGTERM or SIGINT.
// Prints "listening on URL and URL". Shape of the folder: ring, passphrase, tls.key, lindung.db, marks, backup/, log/,
// log-anchor, pid, listener, store-listener. Errors: denied when its keys were destroyed: it does not come back.
[[nodiscard]] Result<void> run_stand_in(const StandInOptions& options);

// Where a demo expects the stand-in: DIR-ehac, beside its data folder, as a whole path.
[[nodiscard]] std::string stand_in_folder_of(const std::string& data_folder);

// Writes the stand-in's entries into the ledger, once. Errors: those of add_ledger_entry().
[[nodiscard]] Result<void> seed_legacy(const service::Platform& platform, const std::string& folder);

}  // namespace lindung::server
