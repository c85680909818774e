// What can be reached over the network, tried and not believed: an address, and the process that listens on it.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/listen.h"

namespace lindung::cli {

enum class Reach {
  refused,  // nobody takes a connection
  gone,     // 410 of this system, and nothing else
  answers,  // anything else takes one
};
[[nodiscard]] Reach try_reach(const server::Listen& address, std::string_view system);

// The numbers of this machine's interfaces, loopback too; link-local ones are left out: they need a zone.
[[nodiscard]] std::vector<std::string> own_addresses();

// Ends the process that the file names, by SIGTERM, and waits until it is gone. A process that listens on none of
// these addresses is another one that got the number since, and is left alone.
// Errors: conflict for such a process, and for one that does not end in time; io; malformed for a file without a
// number. Of one that is not there: done already.
[[nodiscard]] Result<std::string> end_process(const std::string& pid_file,
                                              const std::vector<server::Listen>& addresses);

}  // namespace lindung::cli
