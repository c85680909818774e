#include "server/travel_node.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "api/border_routes.h"
#include "api/carrier_routes.h"
#include "api/problem.h"
#include "api/surface.h"
#include "api/travel_admin.h"
#include "api/travel_routes.h"
#include "base/bytes.h"
#include "base/result.h"
#include "gateway/signed_head.h"
#include "http/router.h"
#include "http/server.h"
#include "server/data_folder.h"
#include "server/listen.h"
#include "server/log_lines.h"
#include "server/own_routes.h"
#include "server/travel_core.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

constexpr std::chrono::milliseconds stop_patience{5'000};

}  // namespace

TravelNode::TravelNode(TravelOptions options, DataFolderLock lock, std::unique_ptr<store::KeyRing> ring)
    : options_{std::move(options)},
      folder_{options_.data_folder},
      lock_{std::move(lock)},
      clock_{options_.clock_offset},
      ring_{std::move(ring)} {}

TravelNode::~TravelNode() { stop(); }

Result<std::unique_ptr<TravelNode>> TravelNode::start(TravelOptions options) {
  const DataFolder folder{options.data_folder};
  TRYV(folder.create());
  TRY(lock, DataFolderLock::take(folder));
  auto ring = store::KeyRing::open(folder.ring());
  if (ring.has_error()) return fail("the key ring", ring.error());
  std::unique_ptr<TravelNode> node{new TravelNode{std::move(options), std::move(lock), std::move(ring).value()}};
  TRYV(node->listen());
  return node;
}

Result<void> TravelNode::listen() {
  auto limits = options_.limits;
  limits.address = options_.listen.address;
  limits.port = options_.listen.port;
  limits.tls = options_.tls;
  public_router_ = std::make_shared<const http::Router>(public_listener_routes(), api::problem);
  TRY(public_server, http::Server::start(limits, public_router_));
  public_server_ = std::move(public_server);
  {
    const std::scoped_lock lock{mutex_};
    border_doors_ = std::make_shared<api::BorderDoors>(clock_, authorities(), core_.lend(&TravelCore::access));
    carrier_door_ = std::make_shared<api::CarrierDoor>(clock_, authorities());
  }
  const http::ServerOptions admin{.address = "unix:" + folder_.admin_socket(), .io_threads = 1, .worker_threads = 2};
  TRY(admin_server,
      http::Server::start(admin, std::make_shared<const http::Router>(admin_listener_routes(), api::operator_problem)));
  admin_server_ = std::move(admin_server);
  return ok();
}

gateway::Authorities TravelNode::authorities() const {
  auto names = options_.authorities;
  if (names.empty()) {
    const auto port = public_server_->port();
    names = {host_port(options_.listen.address, port), host_port("localhost", port)};
  }
  return {.names = std::move(names), .https = options_.tls.has_value()};
}

std::vector<http::Route> TravelNode::public_listener_routes() {
  auto routes = api::travel_routes(core_.lend(&TravelCore::access));
  const auto doors = [this] {
    const std::scoped_lock lock{mutex_};
    return border_doors_;
  };
  std::ranges::move(api::border_routes(core_.lend(&TravelCore::access), doors), std::back_inserter(routes));
  const auto carriers = [this] {
    const std::scoped_lock lock{mutex_};
    return carrier_door_;
  };
  std::ranges::move(api::carrier_routes(core_.lend(&TravelCore::access), carriers), std::back_inserter(routes));
  std::ranges::move(probe_routes(state()), std::back_inserter(routes));
  return routes;
}

std::vector<http::Route> TravelNode::admin_listener_routes() {
  auto routes = api::travel_admin_routes(core_.lend(&TravelCore::access, "unseal the travel server first"));
  routes.push_back(api::surface_route(public_router_));
  const auto on_ring = [&](std::string path, std::function<Result<void>(BytesView)> act) {
    routes.push_back(ring_route(std::move(path), state(), std::move(act)));
  };
  on_ring("/admin/unseal", [this](BytesView passphrase) { return unseal(passphrase); });
  on_ring("/admin/seal", [this](BytesView) -> Result<void> {
    seal();
    return ok();
  });
  return routes;
}

Result<void> TravelNode::unseal(BytesView passphrase) {
  const std::scoped_lock one_at_a_time{unsealing_};
  if (core()) return ok();
  TRYV(ring_->unseal(passphrase));
  auto origin = options_.log_origin;
  if (origin.empty()) origin = folder_.log_origin("travel");
  auto core = TravelCore::start(folder_, *ring_, clock_,
                                {.log_origin = std::move(origin),
                                 .postgres = options_.postgres,
                                 .require_synchronised_clock = options_.require_synchronised_clock,
                                 .terms = options_.terms,
                                 .filings_per_minute = options_.filings_per_minute});
  if (core.has_error()) {
    ring_->seal();
    return core.error();
  }
  core_.put(std::move(core).value());
  log_unsealed();
  return ok();
}

void TravelNode::seal() {
  const std::scoped_lock one_at_a_time{unsealing_};
  ring_->seal();
  core_.let_go();
  log_sealed();
}

std::string TravelNode::url() const {
  return (options_.tls ? "https://" : "http://") + host_port(options_.listen.address, public_server_->port());
}

OwnState TravelNode::state() const {
  return {.is_sealed = [this] { return !core(); }, .is_ready = [this] { return is_ready(); }};
}

bool TravelNode::is_ready() const {
  const auto held = core();
  return held && held->access().gate.is_open();
}

void TravelNode::stop() {
  if (!public_server_) return;
  log_stopping();
  public_server_->stop(stop_patience);
  if (admin_server_) admin_server_->stop(stop_patience);
  core_.let_go();
  public_server_.reset();
  admin_server_.reset();
  ring_->seal();
}

}  // namespace lindung::server
