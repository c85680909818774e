#include "server/ended_systems.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/gone.h"
#include "base/result.h"
#include "domain/closing_places.h"
#include "domain/ledger.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "server/listen.h"
#include "service/ledger.h"

namespace lindung::server {

namespace {

constexpr std::chrono::milliseconds no_patience{0};
constexpr std::size_t most_tombstone_connections = 64;

api::GoneSystem gone_of(const service::EndingSystem& system) {
  api::GoneSystem gone{.name = system.service.entry.name,
                       .successor = system.service.entry.successor,
                       .closed_at = system.steps.front().at,
                       .hosts = {}};
  for (const auto& part : system.parts) {
    const auto name = part.entry.places.find("domain");
    if (part.entry.kind == domain::LedgerKind::domain && name != part.entry.places.end()) {
      gone.hosts.push_back(name->second);
    }
  }
  return gone;
}

}  // namespace

Result<std::unique_ptr<http::Server>> start_tombstone(const api::GoneSystem& system, const Listen& listen) {
  return http::Server::start({.address = listen.address,
                              .port = listen.port,
                              .io_threads = 1,
                              .worker_threads = 1,
                              .max_connections = most_tombstone_connections},
                             std::make_shared<const http::Router>(api::gone_router(system)));
}

EndedSystems::~EndedSystems() {
  for (const auto& [address, listener] : listeners_) listener->stop(no_patience);
}

Result<void> EndedSystems::look() {
  TRY(due, service::due_reminders(platform_));
  reminders_due_ = due.size();
  TRY(ended, service::list_ended(platform_));
  auto systems = std::make_shared<std::vector<api::GoneSystem>>();
  std::optional<Error> failed;
  for (const auto& each : ended) {
    systems->push_back(gone_of(each));
    for (const auto& address : domain::service_addresses(each.service.entry, each.steps.front())) {
      const std::scoped_lock lock{mutex_};
      if (listeners_.contains(address)) continue;
      const auto listen = parse_listen(address);
      auto listener = listen.has_value() ? start_tombstone(systems->back(), listen.value())
                                         : Result<std::unique_ptr<http::Server>>{listen.error()};
      if (listener.has_value()) {
        listeners_.emplace(address, std::move(listener).value());
      } else if (told_.insert(address).second) {
        failed = listener.error();
      }
    }
  }
  {
    const std::scoped_lock lock{mutex_};
    systems_ = std::move(systems);
  }
  if (failed) return *failed;
  return ok();
}

std::optional<http::Response> EndedSystems::answer(const http::Request& request) const {
  std::shared_ptr<const std::vector<api::GoneSystem>> systems;
  {
    const std::scoped_lock lock{mutex_};
    systems = systems_;
  }
  const auto* system = api::gone_host(*systems, request);
  if (system == nullptr) return std::nullopt;
  return api::gone_response(*system, request);
}

std::uint64_t EndedSystems::listening() const {
  const std::scoped_lock lock{mutex_};
  return listeners_.size();
}

}  // namespace lindung::server
