// Where PostgreSQL is: a libpq connection string taken apart into one set of options a host, because only then can a
// host that hangs be given up after a time of ours (postgres.md, item 4).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lindung::store {

class PostgresAddress {
 public:
  using Options = std::vector<std::pair<std::string, std::string>>;

  // What the string leaves open is set to what works with failover: read-write servers only, short timeouts,
  // keepalives. Errors: invalid_argument. Privacy: the detail never quotes the string, it may hold a password.
  [[nodiscard]] static Result<PostgresAddress> parse(const std::string& conninfo);

  [[nodiscard]] std::size_t hosts() const noexcept { return hosts_.size(); }
  [[nodiscard]] const Options& host(std::size_t index) const { return hosts_[index]; }
  [[nodiscard]] std::chrono::milliseconds connect_limit() const noexcept { return connect_limit_; }

 private:
  std::vector<Options> hosts_;
  std::chrono::milliseconds connect_limit_{2'000};
};

}  // namespace lindung::store
