#include "store/postgres_connector.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "store/postgres_address.h"
#include "store/postgres_connection.h"

namespace lindung::store {

namespace {
constexpr std::chrono::milliseconds first_pause{10};
constexpr std::chrono::milliseconds longest_pause{200};
constexpr std::chrono::milliseconds quiet{500};
}  // namespace

// A host that hangs must leave time for the others within one deadline.
PostgresConnector::PostgresConnector(PostgresAddress address, std::chrono::milliseconds deadline)
    : address_{std::move(address)},
      limits_{.connect = std::min(address_.connect_limit(), deadline / static_cast<int>(address_.hosts())),
              .statement = deadline} {}

Result<std::unique_ptr<PostgresConnection>> PostgresConnector::connect() {
  const auto began = std::chrono::steady_clock::now();
  bool was_down = false;
  {
    const std::lock_guard lock{mutex_};
    was_down = down_;
    if (down_ && began < quiet_until_) return fail(Errc::unavailable, "PostgreSQL: no primary answers");
  }
  for (auto pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
    auto connection = try_hosts();
    const bool in_time = std::chrono::steady_clock::now() + pause < began + limits_.statement;
    if (connection.has_value() || was_down || !in_time) {
      const std::lock_guard lock{mutex_};
      down_ = connection.has_error();
      quiet_until_ = std::chrono::steady_clock::now() + quiet;
      return connection;
    }
    std::this_thread::sleep_for(pause);
  }
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnector::try_hosts() {
  std::size_t first = 0;
  {
    const std::lock_guard lock{mutex_};
    first = preferred_;
  }
  Error last{.code = Errc::unavailable};
  for (std::size_t i = 0; i < address_.hosts(); ++i) {
    const auto host = (first + i) % address_.hosts();
    auto connection = PostgresConnection::connect(address_.host(host), limits_);
    if (connection.has_value()) {
      const std::lock_guard lock{mutex_};
      preferred_ = host;
      return connection;
    }
    last = std::move(connection).error();
  }
  return fail(Errc::unavailable, std::move(last.detail));
}

}  // namespace lindung::store
