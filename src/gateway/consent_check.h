// Whether every answer of the log had a consent: what the log says of links and answers, and what the operator's data
// open of it, held against each other (docs/consent.md). Nothing in the data alone is believed: a link counts from its
// entry of the log to the entry of its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::gateway {

struct ConsentViolation {
  std::uint64_t index{};  // of the answer
  std::string why;        // "no link", "not granted before", "ended before", "past its period", "not what was answered"
};

struct ConsentReport {
  std::uint64_t size{};  // entries that were looked at
  Hash root{};           // of them: the caller compares it with a checkpoint
  std::uint64_t answers{};
  std::uint64_t about_nobody{};  // `unlinked`, and proven to be
  std::uint64_t consented{};     // a link, granted before and not ended before
  std::uint64_t by_command{};    // of these, granted by command: no consent is kept of them
  std::uint64_t forgotten{};     // their day's evidence is destroyed: nobody can open them any more
  std::uint64_t violations{};
  std::optional<ConsentViolation> first;
};

// Units: memory is about 40 bytes for each link entry of the log. Errors: corrupt for an entry or evidence that cannot
// be read; those of the database and of the ring.
[[nodiscard]] Result<ConsentReport> check_consents(const service::Platform& platform, std::uint64_t size);

}  // namespace lindung::gateway
